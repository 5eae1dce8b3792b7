// The references for the kernels of sparse products.
#include "framework/ops/spmm/spmm_kernels.hpp"

namespace laconic::ops {

namespace {

void sum_rows(const SpmmArgs& a, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i)
    for (int64_t j = 0; j < a.cols; ++j) {
      double sum = 0;
      for (int64_t p = a.indptr[i]; p < a.indptr[i + 1]; ++p) {
        double weight = 1;
        if (a.source_scale != nullptr) weight = a.source_scale[a.indices[p]];
        if (a.values != nullptr) weight *= a.values[p];
        sum += weight * a.x.data[a.indices[p] * a.x.stride + j];
      }
      if (a.row_scale != nullptr) sum *= a.row_scale[i];
      if (a.diagonal != nullptr) sum += double{a.diagonal[i]} * a.diagonal_x[i * a.x.stride + j];
      if (a.addend.data != nullptr) sum += a.addend.data[i * a.addend.stride + j];
      a.out.data[i * a.out.stride + j] = static_cast<float>(sum);
    }
}

void scatter_rows(const int64_t* indptr, const int32_t* indices, const float* values, int64_t rows,
                  Strided<const float> dz, Strided<float> dw, int64_t first_col, int64_t last_col) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t p = indptr[i]; p < indptr[i + 1]; ++p)
      for (int64_t j = first_col; j < last_col; ++j) {
        const float weight = values != nullptr ? values[p] : 1;
        dw.data[indices[p] * dw.stride + j] += weight * dz.data[i * dz.stride + j];
      }
}

}  // namespace

constinit const SpmmKernels spmm_kernels_ref = {.rows = sum_rows, .scatter_rows = scatter_rows};

}  // namespace laconic::ops
