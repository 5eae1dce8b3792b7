// The references for the elementwise kernels and for the sums over rows.
#include "framework/ops/elementwise/elementwise_kernels.hpp"

namespace laconic::ops {

namespace {

void copy(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] = x.data[i * x.stride + j];
}

void add(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] += x.data[i * x.stride + j];
}

void fill_rows(const float* row, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] = row[j];
}

void column_sums(Strided<const float> x, float* sums, int64_t rows, int64_t first_col,
                 int64_t last_col) {
  for (int64_t j = first_col; j < last_col; ++j) {
    double sum = sums[j];
    for (int64_t i = 0; i < rows; ++i) sum += x.data[i * x.stride + j];
    sums[j] = static_cast<float>(sum);
  }
}

}  // namespace

constinit const ElementwiseKernels elementwise_kernels_ref = {
    .copy = copy, .add = add, .fill_rows = fill_rows, .column_sums = column_sums};

}  // namespace laconic::ops
