// The references for products and transposes of bits: one bit at a time.
#include "framework/ops/bits/bits_ref.hpp"

#include <algorithm>

namespace laconic::ops {

namespace {

void times_dense(const BitsArgs& a, int64_t first_col, int64_t last_col) {
  const BitView x{a.words, a.rows, a.depth, a.stride};
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = first_col; j < last_col; ++j) {
      float& target = a.out.data[i * a.out.stride + j];
      double sum = a.accumulate ? target : 0;
      for (int64_t k = 0; k < a.depth; ++k)
        if (x(i, k)) sum += a.w.data[k * a.w.stride + j];
      target = static_cast<float>(sum);
    }
}

}  // namespace

BitView transpose_ref(const BitView& x, uint64_t* words) {
  std::fill_n(words, BitView::words_per_row(x.rows) * x.cols, uint64_t{0});
  for (int64_t i = 0; i < x.rows; ++i)
    for (int64_t j = 0; j < x.cols; ++j)
      words[i / BitView::kColumns * x.cols + j] |= uint64_t{x(i, j)} << (i % BitView::kColumns);
  return {words, x.cols, x.rows, x.cols};
}

constinit const BitsKernels bits_kernels_ref = {.times_dense = times_dense};

}  // namespace laconic::ops
