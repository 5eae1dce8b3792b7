// The largest elements of an accumulator that is never stored: selection reads residual and
// gradient and writes neither. Exact whatever the data: ties go to the lowest index, zeros are
// never selected, magnitudes are compared as bits (so denormals count). Serial; the bits do not
// depend on the instruction set.
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

// Pairs (index, value), indices ascending. Memory grows to the largest use and stays.
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

// Memory that a caller keeps between selections: about 16 bytes for each of the k, and 96 KiB.
struct SelectScratch {
  SparseVector candidates;
  std::vector<float> sample;
};

// The bits of |x|: ordered like |x|, NaN above infinity above all finite numbers.
constexpr uint32_t magnitude_bits(float x) {
  return __builtin_bit_cast(uint32_t, x) & 0x7fffffffu;
}
constexpr uint32_t infinite_magnitude = 0x7f800000u;

struct Selected {
  bool finite = true;      // false: some acc_i is NaN or infinite, and the output is empty
  uint32_t threshold = 0;  // magnitude bits of the smallest selected element; 0: nothing selected
};

// The min(k, nonzeros) elements of largest magnitude. Reads the accumulator once, and again where a
// sample of it misleads. Allocates nothing when n and k were as large before.
Selected top_k(const Context& context, const Accumulator& accumulator, int64_t k,
               SelectScratch& scratch, SparseVector& out);
// Every nonzero element with magnitude bits >= threshold.
Selected above(const Context& context, const Accumulator& accumulator, uint32_t threshold,
               SparseVector& out);

// The same on pairs: the min(k, size) pairs of largest magnitude stay in `pairs` (zeros may stay,
// last of all), the others go to `dropped`. Both ascending.
void top_k(SparseVector& pairs, int64_t k, SelectScratch& scratch, SparseVector& dropped);

struct Moments {
  double mean = 0;
  double deviation = 0;  // of the population
};
// Of all acc_i, summed in double in an order that does not depend on the instruction set.
Moments moments(const Context& context, const Accumulator& accumulator);

// residual_i = acc_i, the step's only write to the residual before corrections at single indices.
// `residual` may be accumulator.residual.
void accumulate(const Context& context, const Accumulator& accumulator, std::span<float> residual);

// Whether none is NaN or infinite.
bool all_finite(const Context& context, std::span<const float> values);

// Sums pairs into a window of the index space and gives them back in order: the owner's side of a
// sparse reduction. The memory is the largest window's, touched only where pairs fall.
class PairSum {
 public:
  // The window is [first, first + length), and empty: sums that nobody took are dropped. Costs only
  // what the window has over the largest one before.
  void open(int64_t first, int64_t length);
  // Adds pairs, indices ascending, all of them in the window (the first and the last are checked).
  void add(std::span<const int32_t> indices, std::span<const float> values);
  // Every index that was added to, ascending, with its sum: 0 + its values in the order of adding,
  // which may be zero. The window is empty again. Reads length / 64 words.
  void take(SparseVector& out);

 private:
  int64_t first_ = 0;
  int64_t length_ = 0;
  int64_t count_ = 0;              // indices that were added to
  std::vector<float> sums_;        // zero where not touched
  std::vector<uint64_t> touched_;  // one bit an index, zero outside the window
};

}  // namespace laconic::ops
