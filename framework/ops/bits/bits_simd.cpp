// Multiplies bits by floats, one strip of 64 bytes of columns at a time. The six tables of 64 sums
// need 24 KB and stay in L1. The words of a column (eight bytes per row) also stay in L1. The sums
// of a strip are contiguous, since rows of `out` at a distance of a power of two would share a few
// sets of the cache.
#include "framework/ops/bits/bits_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

constexpr int kTableBits = 6;
constexpr int kTables = 6;
constexpr int kStripVectors = 16 / kLanes;
constexpr int64_t kTileRows = 2048;  // 128 KB of sums; with fewer rows the tables cost too much

struct Strip {
  Vec v[kStripVectors];
};

[[gnu::always_inline]] static inline Strip operator+(Strip a, const Strip& b) {
  for (int i = 0; i < kStripVectors; ++i) a.v[i] += b.v[i];
  return a;
}

[[gnu::always_inline]] static inline Strip load_strip(const float* p, int64_t cols) {
  Strip s{};
  for (int i = 0; i < kStripVectors; ++i) {
    const int64_t left = cols - i * kLanes;
    if (left > 0) s.v[i] = load(p + i * kLanes, static_cast<int>(left < kLanes ? left : kLanes));
  }
  return s;
}

// sums[b_0 + 2 b_1 + ...] = b_0 w_0 + b_1 w_1 + ... over the `rows` <= 6 rows of w.
void fill_table(Strided<const float> w, int64_t rows, int64_t cols, Strip* sums) {
  sums[0] = {};
  for (int64_t b = 0; b < rows; ++b) {
    const Strip row = load_strip(w.data + b * w.stride, cols);
    for (int64_t known = int64_t{1} << b, j = 0; j < known; ++j) sums[known + j] = sums[j] + row;
  }
}

// Adds the sums of a word. The first `tables` tables cover all bits.
template <int tables>
void add_words(const uint64_t* words, int64_t rows, const Strip (*sums)[1 << kTableBits],
               Strip* out) {
  for (int64_t i = 0; i < rows; ++i) {
    const uint64_t word = words[i];
    const auto look_up = [&](int t) __attribute__((always_inline)) {
      return sums[t][word >> (t * kTableBits) & ((1 << kTableBits) - 1)];
    };
    Strip even = out[i], odd{};
    for (int t = 0; t < tables; t += 2) even = even + look_up(t);
    for (int t = 1; t < tables; t += 2) odd = odd + look_up(t);
    out[i] = even + odd;
  }
}

void bits_strip(const BitsArgs& a, int64_t column, int64_t cols) {
  constexpr void (*add[kTables])(const uint64_t*, int64_t, const Strip(*)[1 << kTableBits],
                                 Strip*) = {add_words<1>, add_words<2>, add_words<3>,
                                            add_words<4>, add_words<5>, add_words<6>};
  alignas(64) Strip tables[kTables][1 << kTableBits];
  alignas(64) Strip sums[kTileRows];
  for (int64_t first = 0; first < a.rows; first += kTileRows) {
    const int64_t rows = a.rows - first < kTileRows ? a.rows - first : kTileRows;
    for (int64_t i = 0; i < rows; ++i) sums[i] = {};
    const uint64_t* words = a.words + first;
    for (int64_t d = 0; d < a.depth; d += kTables * kTableBits, words += a.stride) {
      int used = 0;
      for (; used < kTables && d + used * kTableBits < a.depth; ++used) {
        const int64_t row = d + used * kTableBits, left = a.depth - row;
        fill_table({a.w.data + row * a.w.stride + column, a.w.stride},
                   left < kTableBits ? left : kTableBits, cols, tables[used]);
      }
      add[used - 1](words, rows, tables, sums);
    }
    for (int64_t i = 0; i < rows; ++i) {
      float* out = a.out.data + (first + i) * a.out.stride + column;
      for (int v = 0; v < kStripVectors && v * kLanes < cols; ++v) {
        const int64_t left = cols - v * kLanes;
        const int n = static_cast<int>(left < kLanes ? left : kLanes);
        Vec y = sums[i].v[v];
        if (a.accumulate) y += load(out + v * kLanes, n);
        store(out + v * kLanes, y, n);
      }
    }
  }
}

void bits_times_dense(const BitsArgs& a, int64_t first_col, int64_t last_col) {
  for (int64_t column = first_col; column < last_col; column += 16)
    bits_strip(a, column, last_col - column < 16 ? last_col - column : 16);
}

}  // namespace

constinit const BitsKernels LACONIC_THIS_ISA(bits) = {
    .times_dense = bits_times_dense,
};

}  // namespace laconic::ops
