// Selects the largest elements of an accumulator that is never stored: selection reads residual and
// gradient and changes neither. It is exact for any data. Of equal magnitudes the lowest index is
// selected; zeros are never selected. Magnitudes are compared as bits, so denormals count. It uses
// one thread, and the result does not depend on the instruction set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/context.hpp"

namespace laconic::ops {

// acc_i = residual_scale * residual_i + gradient_i, the product rounded before the sum.
struct Accumulator {
  std::span<const float> residual;  // empty: zeros
  std::span<const float> gradient;
  float residual_scale = 1;
  int64_t size() const { return static_cast<int64_t>(gradient.size()); }
};

// Pairs (index, value), indices ascending. Memory grows to the largest use and is kept.
struct SparseVector {
  std::vector<int32_t> indices;
  std::vector<float> values;
  int64_t size() const { return static_cast<int64_t>(indices.size()); }
  void clear() {
    indices.clear();
    values.clear();
  }
  void push_back(int32_t index, float value) {
    indices.push_back(index);
    values.push_back(value);
  }
};

// Memory that the caller keeps between selections: 96 KiB, and about 16 bytes per selected pair.
struct SelectScratch {
  SparseVector candidates;
  std::vector<float> sample;
};

// Returns the bits of |x|. They are ordered like |x|; NaN > infinity > all finite numbers.
constexpr uint32_t magnitude_bits(float x) {
  return __builtin_bit_cast(uint32_t, x) & 0x7fffffffu;
}
constexpr uint32_t infinite_magnitude = 0x7f800000u;

struct Selected {
  bool finite = true;      // false: some acc_i is NaN or infinite, and the output is empty
  uint32_t threshold = 0;  // magnitude bits of the smallest selected element; 0: nothing selected
};

// Selects the min(k, nonzeros) elements of largest magnitude. Reads the accumulator once, and again
// if the estimate from a sample was wrong. Allocates nothing if n and k were as large before.
Selected top_k(const Context& context, const Accumulator& accumulator, int64_t k,
               SelectScratch& scratch, SparseVector& out);
// Selects every nonzero element with magnitude bits >= threshold.
Selected above(const Context& context, const Accumulator& accumulator, uint32_t threshold,
               SparseVector& out);

// Keeps the min(k, size) pairs of largest magnitude in `pairs`, and moves the others to `dropped`.
// Both are ascending. Zeros may stay, if there are fewer than k other pairs.
void top_k(SparseVector& pairs, int64_t k, SparseVector& dropped);

struct Moments {
  double mean = 0;
  double deviation = 0;  // of the population
};
// Returns the moments of all acc_i, summed in double in an order that does not depend on the
// instruction set.
Moments moments(const Context& context, const Accumulator& accumulator);

// Sets residual_i = acc_i. After this the step changes the residual only at single indices.
// `residual` may be accumulator.residual.
void accumulate(const Context& context, const Accumulator& accumulator, std::span<float> residual);

// Returns whether all values are finite.
bool all_finite(const Context& context, std::span<const float> values);

// Sums pairs within a window of the index space and returns them in order. The owner of the window
// does this in a sparse reduction. The memory has the size of the largest window, but only the
// places of pairs are read or written.
class PairSum {
 public:
  // Sets the window to [first, first + length) and drops sums that were not taken. It costs time
  // only if the window is larger than all earlier ones.
  void open(int64_t first, int64_t length);
  // Adds pairs with ascending indices in the window. (The first and the last are checked.)
  void add(std::span<const int32_t> indices, std::span<const float> values);
  // Writes each index that got a value, ascending, with its sum: 0 + its values in the order of the
  // calls of add(). A sum may be zero. Empties the window. Reads length / 64 words.
  void take(SparseVector& out);

 private:
  int64_t first_ = 0;
  int64_t length_ = 0;
  int64_t count_ = 0;              // indices that were added to
  std::vector<float> sums_;        // zero where not touched
  std::vector<uint64_t> touched_;  // one bit per index; zero outside the window
};

}  // namespace laconic::ops
