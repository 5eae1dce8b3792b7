// The kernels of sparse products.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

// out_i = row_scale_i * sum_p values_p * source_scale_{indices[p]} * x_{indices[p]}
//         + diagonal_i * x_{first_row+i} + addend_i
// A null pointer stands for ones (values, scales) or for nothing (diagonal, addend).
struct SpmmArgs {
  const int64_t* indptr;
  const int32_t* indices;
  const float* source_scale;
  const float* values;
  const float* row_scale;  // this and diagonal are already shifted to first_row
  const float* diagonal;
  const float* diagonal_x;  // row first_row of x
  Strided<const float> x;
  Strided<const float> addend;
  Strided<float> out;
  int64_t cols;
};

struct SpmmKernels {
  // Computes the rows [first, last).
  void (*rows)(const SpmmArgs&, int64_t first, int64_t last);
  // dw[indices[p]] += values[p] * dz_i for the columns [first_col, last_col) and all rows.
  void (*scatter_rows)(const int64_t* indptr, const int32_t* indices, const float* values,
                       int64_t rows, Strided<const float> dz, Strided<float> dw, int64_t first_col,
                       int64_t last_col);
};
LACONIC_KERNELS(SpmmKernels, spmm)

}  // namespace laconic::ops
