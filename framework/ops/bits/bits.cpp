// Cuts products of bits into strips of columns for the threads, and transposes blocks of bits.
#include "framework/ops/bits/bits.hpp"

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/ops/bits/bits_kernels.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

void bits_times_dense(const Context& context, const BitView& x, MatrixView<const float> w,
                      bool accumulate, MatrixView<float> out) {
  LACONIC_CHECK(x.rows == out.rows && x.cols == w.rows && w.cols == out.cols,
                "bits_times_dense: ({} x {}) * ({} x {}) -> {} x {}", x.rows, x.cols, w.rows,
                w.cols, out.rows, out.cols);
  if (out.empty()) return;
  const BitsArgs args{x.words, x.stride, x.rows, x.cols, strided(w), strided(out), accumulate};
  const int64_t lines = (out.cols + 15) / 16;
  const int64_t strips = std::min<int64_t>(std::max(1, context.threads), lines);
  parallel_for(context.threads, strips, [&](int64_t s) {
    const int64_t first = 16 * (lines * s / strips);
    const int64_t last = std::min(out.cols, 16 * (lines * (s + 1) / strips));
    bits_kernels(context.isa).times_dense(args, first, last);
  });
}

namespace {

// Transposes the 64 x 64 bits of `block`: swaps halves, then quarters, down to single bits.
void turn(uint64_t block[64]) {
  uint64_t low = 0xffffffff;
  for (int half = 32; half > 0; half /= 2, low ^= low << half)
    for (int from = 0; from < 64; from += 2 * half)
      for (int k = from; k < from + half; ++k) {
        const uint64_t differ = (block[k] >> half ^ block[k + half]) & low;
        block[k] ^= differ << half;
        block[k + half] ^= differ;
      }
}

}  // namespace

BitView transpose(const BitView& x, uint64_t* words) {
  constexpr int64_t side = BitView::kColumns;
  for (int64_t i = 0; i < x.rows; i += side)
    for (int64_t j = 0; j < x.cols; j += side) {
      uint64_t block[64] = {};
      std::copy_n(x.words + j / side * x.stride + i, std::min(side, x.rows - i), block);
      turn(block);
      std::copy_n(block, std::min(side, x.cols - j), words + i / side * x.cols + j);
    }
  return {words, x.cols, x.rows, x.cols};
}

}  // namespace laconic::ops
