#include <array>
#include <string_view>

#include "apps/laconic/methods/data_parallel.hpp"
#include "apps/laconic/methods/method.hpp"
#include "framework/base/error.hpp"

namespace laconic {

std::span<const Method> methods() {
  static constexpr std::array all{
      Method{"data_parallel",
             "every rank computes on its own batches, gradients are summed, all take the same step",
             run_data_parallel},
  };
  return all;
}

const Method& find_method(const char* name) {
  for (const Method& m : methods())
    if (std::string_view(m.name) == name) return m;
  fail(ExitCode::config, "method: no method named {}", name);
}

}  // namespace laconic
