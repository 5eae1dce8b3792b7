// The kernels of batch_norm and group_norm: normalisation with a mean and a deviation per channel,
// and the sums over rows that these need. The channels are the columns.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

// Per channel: mean, 1 / standard deviation, factor and offset.
struct ChannelNormArgs {
  Strided<const float> x;
  const float* mean;
  const float* rstd;
  const float* gamma;
  const float* beta;
  bool relu;
  int64_t cols;
};

struct ChannelNormKernels {
  // sums[j] = sum of x(i, j), and of (x(i, j) - mean[j])^2, over the rows [first, last). The rows
  // are few: the caller adds strips of them in double.
  void (*sum)(Strided<const float> x, int64_t cols, float* sums, int64_t first, int64_t last);
  void (*squares)(Strided<const float> x, const float* mean, int64_t cols, float* sums,
                  int64_t first, int64_t last);
  // y = activation(x^ gamma + beta) with x^ = (x - mean) rstd.
  void (*forward)(const ChannelNormArgs&, Strided<float> y, int64_t first, int64_t last);
  // g[j] = sum of dy(i, j), gx[j] = sum of dy(i, j) x^(i, j), over the rows; dy behind the
  // activation.
  void (*backward_sums)(const ChannelNormArgs&, Strided<const float> dy, float* g, float* gx,
                        int64_t first, int64_t last);
  // dx = rstd (h - mean_h - x^ mean_hx) with h = gamma dy, and a mean_h and mean_hx per channel.
  void (*backward)(const ChannelNormArgs&, Strided<const float> dy, Strided<float> dx,
                   bool accumulate, const float* mean_h, const float* mean_hx, int64_t first,
                   int64_t last);
};
LACONIC_KERNELS(ChannelNormKernels, channel_norm)

}  // namespace laconic::ops
