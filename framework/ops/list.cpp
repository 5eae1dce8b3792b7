#include "framework/ops/list.hpp"

#include <fmt/ranges.h>

#include "framework/base/error.hpp"
#include "framework/base/find_by_name.hpp"
#include "framework/ops/add/add.hpp"
#include "framework/ops/aggregate/aggregate.hpp"
#include "framework/ops/batch_norm/batch_norm.hpp"
#include "framework/ops/bits/bits_ref.hpp"
#include "framework/ops/channel_norm/channel_norm_kernels.hpp"
#include "framework/ops/codec/codec_ref.hpp"
#include "framework/ops/conv2d/conv2d.hpp"
#include "framework/ops/detach/detach.hpp"
#include "framework/ops/dropout/dropout.hpp"
#include "framework/ops/dropout/dropout_kernels.hpp"
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/flatten/flatten.hpp"
#include "framework/ops/gemm/gemm_check.hpp"
#include "framework/ops/group_norm/group_norm.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/layer_norm/layer_norm.hpp"
#include "framework/ops/layer_norm/layer_norm_kernels.hpp"
#include "framework/ops/linear/linear.hpp"
#include "framework/ops/loss/loss_kernels.hpp"
#include "framework/ops/max_pool2d/max_pool2d.hpp"
#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"
#include "framework/ops/mean_pool/mean_pool.hpp"
#include "framework/ops/relu/relu.hpp"
#include "framework/ops/relu/relu_kernels.hpp"
#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/select/select_ref.hpp"
#include "framework/ops/spmm/spmm_kernels.hpp"
#include "framework/ops/update/update_ref.hpp"

namespace laconic::ops {

namespace {

// A folder with an operator, with kernels of its own, or with both.
struct Folder {
  const OpKind* kind = nullptr;
  const KernelSet* kernels = nullptr;
  const KernelSet* functions = nullptr;
};

constexpr Folder folders[] = {
    {.kind = &kinds::linear},
    {.kind = &kinds::aggregate},
    {.kind = &kinds::conv2d},
    {.kind = &kinds::max_pool2d, .kernels = &max_pool2d_checks},
    {.kind = &kinds::mean_pool},
    {.kind = &kinds::flatten},
    {.kind = &kinds::layer_norm, .kernels = &layer_norm_checks},
    {.kind = &kinds::batch_norm},
    {.kind = &kinds::group_norm},
    {.kernels = &channel_norm_checks},
    {.kind = &kinds::relu, .kernels = &relu_checks},
    {.kind = &kinds::dropout, .kernels = &dropout_checks},
    {.kind = &kinds::add},
    {.kind = &kinds::detach},
    {.kernels = &elementwise_checks},
    {.kernels = &spmm_checks},
    {.kernels = &bits_checks, .functions = &bits_function_checks},
    {.functions = &gemm_checks},
    {.kernels = &loss_checks},
    {.kernels = &update_checks, .functions = &update_function_checks},
    {.kernels = &select_checks, .functions = &select_function_checks},
    {.functions = &codec_checks},
};

}  // namespace

std::span<const OpKind* const> list() {
  static const std::vector<const OpKind*> all = [] {
    std::vector<const OpKind*> with_kind;
    for (const Folder& folder : folders)
      if (folder.kind != nullptr) with_kind.push_back(folder.kind);
    return with_kind;
  }();
  return all;
}

std::vector<const KernelSet*> kernel_sets() {
  std::vector<const KernelSet*> all;
  for (const Folder& folder : folders)
    for (const KernelSet* set : {folder.kernels, folder.functions})
      if (set != nullptr) all.push_back(set);
  return all;
}

const OpKind& find(const std::string& kind) {
  return find_by_name(list(), kind, "operator");
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
