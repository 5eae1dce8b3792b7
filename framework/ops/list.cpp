#include "framework/ops/list.hpp"

#include <fmt/ranges.h>

#include "framework/base/error.hpp"
#include "framework/ops/add/add.hpp"
#include "framework/ops/aggregate/aggregate.hpp"
#include "framework/ops/conv2d/conv2d.hpp"
#include "framework/ops/dropout/dropout.hpp"
#include "framework/ops/layer_norm/layer_norm.hpp"
#include "framework/ops/linear/linear.hpp"
#include "framework/ops/max_pool2d/max_pool2d.hpp"
#include "framework/ops/relu/relu.hpp"

namespace laconic::ops {

std::span<const OpKind* const> list() {
  static constexpr const OpKind* all[] = {&kinds::linear,     &kinds::aggregate,  &kinds::conv2d,
                                          &kinds::max_pool2d, &kinds::layer_norm, &kinds::relu,
                                          &kinds::dropout,    &kinds::add};
  return all;
}

const OpKind& find(const std::string& kind) {
  std::vector<std::string> names;
  for (const OpKind* each : list()) {
    if (kind == each->name) return *each;
    names.push_back(each->name);
  }
  fail(ExitCode::config, "unknown operator '{}', known are {}", kind, fmt::join(names, ", "));
}

template <class T>
Choice<T> choose(const NodeSpec& node, const Context& context, const std::string& only) {
  Choice<T> choice{nullptr, {}};
  for (const Implementation<T>& each : implementations<T>(find(node.kind))) {
    const std::string why = !only.empty() && only != each.name ? "only " + only + " was asked for"
                                                               : each.refuse(node, context);
    if (why.empty()) {
      choice.implementation = &each;
      return choice;
    }
    choice.refusals.push_back(std::string(each.name) + ": " + why);
  }
  fail(ExitCode::config, "node '{}' ({}): no implementation accepts it ({})", node.name, node.kind,
       fmt::join(choice.refusals, "; "));
}

template Choice<float> choose(const NodeSpec&, const Context&, const std::string&);
template Choice<double> choose(const NodeSpec&, const Context&, const std::string&);

}  // namespace laconic::ops
