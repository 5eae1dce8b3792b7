#include "framework/ops/kernel_check.hpp"
#include "framework/ops/relu/relu_kernels.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

void forward(const ReluKernels& table, Trial& trial) {
  const auto x = trial.matrix("x", 5, trial.size()), y = trial.matrix("y", 5, trial.size());
  table.forward(strided<const float>(x), strided(y), 5, trial.size());
  table.forward(strided<const float>(x), strided(x), 5, trial.size());
}

void backward(const ReluKernels& table, Trial& trial) {
  const auto y = trial.matrix("y", 5, trial.size()), dy = trial.matrix("dy", 5, trial.size());
  for (const bool accumulate : {false, true})
    table.backward(strided<const float>(y), strided<const float>(dy),
                   strided(trial.matrix("dx", 5, trial.size())), accumulate, 5, trial.size());
}

constexpr KernelCheck<ReluKernels> relu_calls[] = {{"relu.forward", forward},
                                                   {"relu.backward", backward}};

}  // namespace

constinit const KernelChecks<ReluKernels> relu_checks = {
    {"relu", walk_isas<ReluKernels>}, relu_calls, relu_kernels, &relu_kernels_ref};

}  // namespace laconic::ops
