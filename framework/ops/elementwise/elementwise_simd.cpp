// Elementwise kernels for row-major matrices with strides, and sums over rows.
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

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

// Sums blocks of rows in registers first. So the rounding error grows with rows / 256 + 256 instead
// of rows.
void column_sums(Strided<const float> x, float* sums, int64_t rows, int64_t first_col,
                 int64_t last_col) {
  constexpr int64_t block = 256;
  for_vectors(
      last_col - first_col, [&](int64_t offset, int lanes) __attribute__((always_inline)) {
        const int64_t j = first_col + offset;
        Vec total = load(sums + j, lanes);
        for (int64_t first = 0; first < rows; first += block) {
          const int64_t last = first + block < rows ? first + block : rows;
          Vec sum{};
          for (int64_t i = first; i < last; ++i) sum += load(x.data + i * x.stride + j, lanes);
          total += sum;
        }
        store(sums + j, total, lanes);
      });
}

}  // namespace

constinit const ElementwiseKernels LACONIC_THIS_ISA(elementwise) = {
    .copy = copy,
    .add = add,
    .fill_rows = fill_rows,
    .column_sums = column_sums,
};

}  // namespace laconic::ops
