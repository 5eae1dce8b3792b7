// The kernels of selection, for an accumulator that is never stored and for candidates.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

// acc_i = scale * residual_i + gradient_i, the product rounded before the sum.
struct AccumulatorArgs {
  const float* residual;  // null: zeros
  const float* gradient;
  float scale;
};

// A buffer of pairs that a kernel appends to. The kernel stores whole vectors, and may write up to
// append_room places after `count`. It stops when fewer places are left.
struct PairBuffer {
  int32_t* indices;
  float* values;
  int64_t count;
  int64_t capacity;
};
constexpr int64_t append_room = 64;

// A range of magnitude bits, as signed integers, which are never negative.
struct MagnitudeRange {
  int32_t low;
  int32_t high;
};

struct SelectKernels {
  // Appends (i, acc_i) for the i in [first, last) whose magnitude bits are > bound >= 0. Returns
  // the first i that it has not read, which is less than last only if the buffer is full.
  int64_t (*append_above)(const AccumulatorArgs&, int32_t bound, int64_t first, int64_t last,
                          PairBuffer&);
  // The same for pairs (indices[i], values[i]). The buffer may overlap the pairs from their start.
  int64_t (*append_pairs_above)(const int32_t* indices, const float* values, int32_t bound,
                                int64_t first, int64_t last, PairBuffer&);
  // Returns the smallest range that contains all magnitudes in `within`; there is at least one.
  MagnitudeRange (*magnitude_range)(const float* values, int64_t count, MagnitudeRange within);
  // ++histogram[(magnitude - low) >> shift] for the magnitudes in [low, high].
  void (*magnitude_histogram)(const float* values, int64_t count, MagnitudeRange, int shift,
                              uint32_t* histogram);
  // Returns one past the position of the nth (from 1) value with this magnitude; it must exist.
  int64_t (*after_nth_equal)(const float* values, int64_t count, int32_t magnitude, int64_t nth);
  // out_i = acc_i for i < count. out may be residual.
  void (*accumulate)(const AccumulatorArgs&, int64_t count, float* out);
  // Writes the sums of (acc_i - centre) and of its square over [first, last).
  void (*moment_sums)(const AccumulatorArgs&, int64_t first, int64_t last, double centre,
                      double sums[2]);
};
LACONIC_KERNELS(SelectKernels, select)

}  // namespace laconic::ops
