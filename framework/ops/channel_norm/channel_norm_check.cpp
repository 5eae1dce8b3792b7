#include "framework/ops/channel_norm/channel_norm_kernels.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t norm_rows = 5;

ChannelNormArgs arguments(Trial& trial, bool relu) {
  const int64_t cols = trial.size();
  return {.x = strided<const float>(trial.matrix("x", norm_rows, cols)),
          .mean = trial.floats("mean", cols),
          .rstd = trial.floats("rstd", cols),
          .gamma = trial.floats("gamma", cols),
          .beta = trial.floats("beta", cols),
          .relu = relu,
          .cols = cols};
}

void sum(const ChannelNormKernels& table, Trial& trial) {
  const auto x = strided<const float>(trial.matrix("x", norm_rows, trial.size()));
  for (const int64_t first : {0, 1, 5})
    table.sum(x, trial.size(), trial.floats("sums", trial.size()), first, norm_rows);
}

void squares(const ChannelNormKernels& table, Trial& trial) {
  const auto x = strided<const float>(trial.matrix("x", norm_rows, trial.size()));
  const float* mean = trial.floats("mean", trial.size());
  for (const int64_t first : {0, 1, 5})
    table.squares(x, mean, trial.size(), trial.floats("sums", trial.size()), first, norm_rows);
}

void forward(const ChannelNormKernels& table, Trial& trial) {
  for (const bool relu : {false, true}) {
    const ChannelNormArgs args = arguments(trial, relu);
    const auto y = strided(trial.matrix("y", norm_rows, trial.size()));
    table.forward(args, y, 0, 1);
    table.forward(args, y, 1, norm_rows);
  }
}

void backward_sums(const ChannelNormKernels& table, Trial& trial) {
  for (const bool relu : {false, true}) {
    const ChannelNormArgs args = arguments(trial, relu);
    const auto dy = strided<const float>(trial.matrix("dy", norm_rows, trial.size()));
    table.backward_sums(args, dy, trial.floats("g", trial.size()), trial.floats("gx", trial.size()),
                        1, norm_rows);
  }
}

void backward(const ChannelNormKernels& table, Trial& trial) {
  for (const bool relu : {false, true})
    for (const bool accumulate : {false, true}) {
      const ChannelNormArgs args = arguments(trial, relu);
      const auto dy = strided<const float>(trial.matrix("dy", norm_rows, trial.size()));
      const auto dx = strided(trial.matrix("dx", norm_rows, trial.size()));
      table.backward(args, dy, dx, accumulate, trial.floats("mean_h", trial.size()),
                     trial.floats("mean_hx", trial.size()), 0, norm_rows);
    }
}

constexpr KernelCheck<ChannelNormKernels> channel_norm_calls[] = {
    {"channel_norm.sum", sum, 1e-6},
    {"channel_norm.squares", squares, 1e-6},
    {"channel_norm.forward", forward, 1e-6},
    {"channel_norm.backward_sums", backward_sums, 2e-6},
    {"channel_norm.backward", backward, 2e-6}};

}  // namespace

constinit const KernelChecks<ChannelNormKernels> channel_norm_checks = {
    {"channel_norm", walk_isas<ChannelNormKernels>},
    channel_norm_calls,
    channel_norm_kernels,
    &channel_norm_kernels_ref};

}  // namespace laconic::ops
