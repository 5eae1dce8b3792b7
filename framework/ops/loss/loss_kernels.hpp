// The kernels of the losses.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct RowLosses {
  double loss;
  int64_t labelled;
  int64_t correct;
};

struct LossKernels {
  // Losses of rows [first, last); dlogits may be null or logits itself. `classes` = -1: unlabelled.
  RowLosses (*softmax_cross_entropy)(Strided<const float> logits, const int32_t* classes,
                                     float scale, Strided<float> dlogits, int64_t cols,
                                     int64_t first, int64_t last);
  RowLosses (*sigmoid_cross_entropy)(Strided<const float> logits, Strided<const uint8_t> targets,
                                     const uint8_t* labelled, float scale, Strided<float> dlogits,
                                     int64_t cols, int64_t first, int64_t last);
};
LACONIC_KERNELS(LossKernels, loss)

}  // namespace laconic::ops
