// The kernels of relu.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct ReluKernels {
  void (*forward)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);
  void (*backward)(Strided<const float> y, Strided<const float> dy, Strided<float> dx,
                   bool accumulate, int64_t rows, int64_t cols);
};
LACONIC_KERNELS(ReluKernels, relu)

}  // namespace laconic::ops
