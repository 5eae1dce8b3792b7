// The kernel of dropout.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct DropoutArgs {
  uint32_t key[2];
  uint64_t step;
  uint32_t threshold;  // dropped if a 16-bit lane is below it
  float scale;         // 65536 / (65536 - threshold)
  int64_t cols;
};

struct DropoutKernels {
  // y = mask * x / keep (+ y if accumulate) for `rows` rows from row first_row on.
  void (*mask)(const DropoutArgs&, int64_t first_row, int64_t rows, Strided<const float> x,
               Strided<float> y, bool accumulate);
};
LACONIC_KERNELS(DropoutKernels, dropout)

}  // namespace laconic::ops
