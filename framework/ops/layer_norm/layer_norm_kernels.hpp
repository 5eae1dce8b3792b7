// The kernels of layer_norm.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct LayerNormArgs {
  Strided<const float> x;
  const float* gamma;
  const float* beta;
  float* saved;  // (mean, 1 / standard deviation) per row
  float epsilon;
  bool relu;
  int64_t cols;
};

struct LayerNormKernels {
  void (*forward)(const LayerNormArgs&, Strided<float> y, int64_t first, int64_t last);
  // Adds to dgamma and dbeta, which may both be null; dx may be null.
  void (*backward)(const LayerNormArgs&, Strided<const float> dy, Strided<float> dx,
                   bool accumulate, float* dgamma, float* dbeta, int64_t first, int64_t last);
};
LACONIC_KERNELS(LayerNormKernels, layer_norm)

}  // namespace laconic::ops
