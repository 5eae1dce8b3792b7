// Elementwise kernels that several operators share, and sums over rows.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct ElementwiseKernels {
  void (*copy)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);
  void (*add)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);  // y += x
  void (*fill_rows)(const float* row, Strided<float> y, int64_t rows, int64_t cols);  // y_i = row
  // sums[j] += sum_i x_ij for the columns [first_col, last_col).
  void (*column_sums)(Strided<const float> x, float* sums, int64_t rows, int64_t first_col,
                      int64_t last_col);
};
LACONIC_KERNELS(ElementwiseKernels, elementwise)

}  // namespace laconic::ops
