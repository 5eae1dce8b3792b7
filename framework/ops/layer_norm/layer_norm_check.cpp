#include <algorithm>
#include <bit>
#include <cmath>

#include "framework/ops/kernel_check.hpp"
#include "framework/ops/layer_norm/layer_norm_kernels.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t layer_rows = 4;

// Returns distance j from the mean of `cols` integers. Their sum is 0, and the mean of their
// squares is 1 if cols is even, else 2.
float distance(int64_t j, int64_t cols) {
  constexpr int three[] = {2, -1, -1}, five[] = {2, -2, 1, -1, 0}, four[] = {2, -2, 0, 0};
  if (cols % 2 == 0) return j % 2 == 0 ? 1 : -1;
  if (cols == 1) return 0;
  const int64_t head = cols % 4 == 3 ? 3 : 5;
  if (j >= head) return static_cast<float>(four[(j - head) % 4]);
  return static_cast<float>(head == 3 ? three[j] : five[j]);
}

// Arguments whose statistics are exact for exact numbers: the variance and epsilon sum to 4.
LayerNormArgs arguments(Trial& trial, int64_t cols, bool relu) {
  const auto x = trial.matrix("x", layer_rows, cols);
  for (int64_t i = 0; trial.exact() && i < layer_rows; ++i)
    for (int64_t j = 0; j < cols; ++j) x(i, j) = static_cast<float>(i) + distance(j, cols);
  LayerNormArgs args{};
  args.x = strided<const float>(x);
  args.gamma = trial.floats("gamma", cols);
  args.beta = trial.floats("beta", cols);
  args.epsilon = !trial.exact() ? 1e-3f : cols % 2 == 0 ? 3 : 2;
  args.relu = relu;
  args.cols = cols;
  args.saved = trial.list<float>("saved", 2 * layer_rows, [&](int64_t k) {
    double mean = 0, squares = 0;
    for (int64_t j = 0; j < cols; ++j) mean += x(k / 2, j) / static_cast<double>(cols);
    for (int64_t j = 0; j < cols; ++j) squares += std::pow(x(k / 2, j) - mean, 2);
    if (trial.exact()) return k % 2 == 0 ? static_cast<float>(k / 2) : 0.5f;
    const double variance = squares / static_cast<double>(cols);
    return static_cast<float>(k % 2 == 0 ? mean : 1 / std::sqrt(variance + args.epsilon));
  });
  return args;
}

void forward(const LayerNormKernels& table, Trial& trial) {
  if (trial.size() == 0) return;
  for (const bool relu : {false, true}) {
    const LayerNormArgs args = arguments(trial, trial.size(), relu);
    const auto y = trial.matrix("y", layer_rows, trial.size());
    table.forward(args, strided(y), 0, 1);
    table.forward(args, strided(y), 1, layer_rows);
  }
}

// dx has a division by the number of columns; for exact numbers that must be a power of two.
void backward(const LayerNormKernels& table, Trial& trial) {
  if (trial.size() == 0) return;
  const auto power = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(trial.size())));
  for (const bool relu : {false, true})
    for (const bool with_dx : {false, true})
      for (const bool with_sums : {false, true}) {
        const int64_t cols =
            trial.exact() && with_dx ? std::min<int64_t>(power, 128) : trial.size();
        const LayerNormArgs args = arguments(trial, cols, relu);
        const auto dy = trial.matrix("dy", layer_rows, cols),
                   dx = trial.matrix("dx", layer_rows, cols);
        float* const dgamma = with_sums ? trial.floats("dgamma", cols) : nullptr;
        float* const dbeta = with_sums ? trial.floats("dbeta", cols) : nullptr;
        table.backward(args, strided<const float>(dy),
                       with_dx ? strided(dx) : Strided<float>{nullptr, 0}, relu, dgamma, dbeta, 0,
                       layer_rows);
      }
}

constexpr KernelCheck<LayerNormKernels> layer_norm_calls[] = {
    {"layer_norm.forward", forward, 3e-5}, {"layer_norm.backward", backward, 3e-5}};

}  // namespace

constinit const KernelChecks<LayerNormKernels> layer_norm_checks = {
    {"layer_norm", walk_isas<LayerNormKernels>},
    layer_norm_calls,
    layer_norm_kernels,
    &layer_norm_kernels_ref};

}  // namespace laconic::ops
