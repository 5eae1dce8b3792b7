// The reference for the norm, for tests; the others are in update_kernels_ref.
#pragma once

#include <span>

#include "framework/ops/update/update.hpp"

namespace laconic::ops {

double norm_ref(const Context& context, std::span<const float> values);

struct UpdateFunctions {
  double (*norm)(const Context& context, std::span<const float> values);
};
extern const KernelChecks<UpdateFunctions> update_function_checks;

}  // namespace laconic::ops
