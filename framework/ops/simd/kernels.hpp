// The bodies of the fast kernels, one table an instruction set. A body lives beside its operator in
// an
// *.inc.hpp file; simd/kernels_{generic,avx2,avx512}.cpp compile all bodies, each in a namespace of
// its own.
//
// Those three files see this header and plain C types only: an inline std function compiled there
// with AVX-512 could be the copy that the linker keeps for everybody. Kernels are serial; callers
// cut the rows.
#pragma once

#include <cstdint>

namespace laconic::ops {

// The start of a row-major matrix; the shape travels beside it.
template <class T>
struct Strided {
  T* data;
  int64_t stride;
};

// out_i = row_scale_i * sum_p weight_p * x_{indices[p]}  +  diagonal_i * x_{first_row+i}  +
// addend_i Null pointers: ones (scales, weights), nothing (diagonal, addend).
struct SpmmArgs {
  const int64_t* indptr;
  const int32_t* indices;
  const float* source_scale;  // weight_p = source_scale[indices[p]], or
  const float* values;        // weight_p = values[p]; at most one of the two
  const float* row_scale;     // these two are already shifted to first_row
  const float* diagonal;
  const float* diagonal_x;  // row first_row of x
  Strided<const float> x;
  Strided<const float> addend;
  Strided<float> out;
  int64_t cols;
};

// out = x * w (+ out if accumulate): x are `rows` rows of `depth` bits in the words of a BitView.
struct BitsArgs {
  const uint64_t* words;
  int64_t stride;
  int64_t rows;
  int64_t depth;
  Strided<const float> w;
  Strided<float> out;
  bool accumulate;
};

struct LayerNormArgs {
  Strided<const float> x;
  const float* gamma;
  const float* beta;
  float* saved;  // (mean, 1 / standard deviation) a row
  float epsilon;
  bool relu;
  int64_t cols;
};

struct DropoutArgs {
  uint32_t key[2];
  uint64_t step;
  uint32_t threshold;  // dropped when a 16-bit lane is below
  float scale;         // 65536 / (65536 - threshold)
  int64_t cols;
};

struct MaxPoolArgs {
  int64_t width;  // of the input, in pixels
  int64_t channels;
  int64_t kernel, stride;
  int64_t out_height, out_width;
};

// v = momentum v + g + decay w;  w -= lr (nesterov ? g + decay w + momentum v : v).
struct SgdArgs {
  float lr;
  float momentum;
  float decay;
  bool nesterov;
};

// With d = g + l2 w: m and v are the decayed means of d and d^2, and
// w -= shrink w + lr m / (sqrt(correction2 v) + epsilon).
struct AdamArgs {
  float lr;  // includes the correction of m
  float beta1, beta2;
  float correction2;
  float epsilon;
  float l2;
  float shrink;
};

struct RowLosses {
  double loss;
  int64_t labelled;
  int64_t correct;
};

// acc_i = scale * residual_i + gradient_i, the product rounded before the sum.
struct AccumulatorArgs {
  const float* residual;  // null: zeros
  const float* gradient;
  float scale;
};

// Pairs that a kernel appends to. It stores whole vectors, so it stops where fewer than append_room
// places are left, and may write into all of those.
struct PairBuffer {
  int32_t* indices;
  float* values;
  int64_t count;
  int64_t capacity;
};
constexpr int64_t append_room = 64;

// Of magnitude bits, as signed integers, which are never negative.
struct MagnitudeRange {
  int32_t low;
  int32_t high;
};

struct Kernels {
  // Rows [first, last).
  void (*spmm)(const SpmmArgs&, int64_t first, int64_t last);
  // dw[indices[p]] += values[p] * dz_i for the columns [first_col, last_col) and all rows.
  void (*scatter_rows)(const int64_t* indptr, const int32_t* indices, const float* values,
                       int64_t rows, Strided<const float> dz, Strided<float> dw, int64_t first_col,
                       int64_t last_col);
  // The columns [first_col, last_col).
  void (*bits_times_dense)(const BitsArgs&, int64_t first_col, int64_t last_col);

  void (*copy)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);
  void (*add)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);  // y += x
  void (*fill_rows)(const float* row, Strided<float> y, int64_t rows, int64_t cols);  // y_i = row
  // sums[j] += sum_i x_ij for the columns [first_col, last_col).
  void (*column_sums)(Strided<const float> x, float* sums, int64_t rows, int64_t first_col,
                      int64_t last_col);
  void (*relu)(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols);
  void (*relu_backward)(Strided<const float> y, Strided<const float> dy, Strided<float> dx,
                        bool accumulate, int64_t rows, int64_t cols);

  // y = mask * x / keep (+ y if accumulate) for `rows` rows, the first of which is row first_row.
  void (*dropout)(const DropoutArgs&, int64_t first_row, int64_t rows, Strided<const float> x,
                  Strided<float> y, bool accumulate);

  void (*layer_norm)(const LayerNormArgs&, Strided<float> y, int64_t first, int64_t last);
  // Adds to dgamma, dbeta (both or none null); dx may be null.
  void (*layer_norm_backward)(const LayerNormArgs&, Strided<const float> dy, Strided<float> dx,
                              bool accumulate, float* dgamma, float* dbeta, int64_t first,
                              int64_t last);

  // One image, channels side by side. `places`: where in its window (ky * kernel + kx) each output
  // was found.
  void (*max_pool)(const MaxPoolArgs&, const float* x, float* y, float* places);
  // Adds to dx.
  void (*max_pool_backward)(const MaxPoolArgs&, const float* places, const float* dy, float* dx);

  // Losses of rows [first, last); dlogits may be null or logits itself. `classes` = -1: unlabelled.
  RowLosses (*softmax_cross_entropy)(Strided<const float> logits, const int32_t* classes,
                                     float scale, Strided<float> dlogits, int64_t cols,
                                     int64_t first, int64_t last);
  RowLosses (*sigmoid_cross_entropy)(Strided<const float> logits, Strided<const uint8_t> targets,
                                     const uint8_t* labelled, float scale, Strided<float> dlogits,
                                     int64_t cols, int64_t first, int64_t last);

  // Appends (i, acc_i) for the i in [first, last) whose magnitude bits are > bound >= 0. Returns
  // the first i it has not looked at: less than last only where the buffer is full.
  int64_t (*append_above)(const AccumulatorArgs&, int32_t bound, int64_t first, int64_t last,
                          PairBuffer&);
  // The same of pairs: (indices[i], values[i]). The buffer may lie on the pairs, from their front.
  int64_t (*append_pairs_above)(const int32_t* indices, const float* values, int32_t bound,
                                int64_t first, int64_t last, PairBuffer&);
  // The smallest range that holds all magnitudes in this one, of which there is at least one.
  MagnitudeRange (*magnitude_range)(const float* values, int64_t count, MagnitudeRange within);
  // ++histogram[(magnitude - low) >> shift] for the magnitudes in [low, high].
  void (*magnitude_histogram)(const float* values, int64_t count, MagnitudeRange, int shift,
                              uint32_t* histogram);
  // One past the position of the nth (from 1) of the values with this magnitude; there are as many.
  int64_t (*after_nth_equal)(const float* values, int64_t count, int32_t magnitude, int64_t nth);

  void (*sgd)(const SgdArgs&, const float* g, float* w, float* v, int64_t count);  // null v: zeros
  void (*adam)(const AdamArgs&, const float* g, float* w, float* m, float* v, int64_t count);

  // out_i = acc_i for i < count. out may be residual.
  void (*accumulate)(const AccumulatorArgs&, int64_t count, float* out);
  // The sums of acc_i - centre and of its square over [first, last).
  void (*moment_sums)(const AccumulatorArgs&, int64_t first, int64_t last, double centre,
                      double sums[2]);
};

extern const Kernels kernels_generic;
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;

}  // namespace laconic::ops
