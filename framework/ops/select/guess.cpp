#include "framework/ops/select/guess.hpp"

#include <algorithm>
#include <cmath>

#include "framework/ops/select/kth_magnitude.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::ops {

namespace {
constexpr int64_t most_blocks = 1024;
constexpr int64_t fewest_per_stretch = 8;  // of which one block is sampled
}  // namespace

Sample::Sample(int64_t elements, int number_of_attempt)
    : n(elements),
      attempt(number_of_attempt),
      blocks(std::min(most_blocks, elements / (fewest_per_stretch * block))) {}

int64_t Sample::first_of(int64_t b) const {
  const int64_t stretch = n / blocks;
  // Fibonacci hashing: the multiples of 2^64 / golden ratio are spread evenly.
  const uint64_t somewhere =
      static_cast<uint64_t>(b + 1 + attempt * most_blocks) * 0x9e3779b97f4a7c15u >> 32;
  return b * stretch +
         static_cast<int64_t>(somewhere * static_cast<uint64_t>(stretch - block) >> 32);
}

int32_t guess_bound(const SelectKernels& table, const AccumulatorArgs& accumulator, int64_t n,
                    int64_t k, int attempt, std::vector<float>& memory) {
  const Sample sample(n, attempt);
  const int64_t size = sample.blocks * Sample::block;
  const double expected =
      static_cast<double>(k) * static_cast<double>(size) / static_cast<double>(n);
  auto rank = static_cast<int64_t>(expected) + 1;  // of the k largest in the sample
  if (rank > size) return 0;
  memory.resize(most_blocks * Sample::block);
  float* const values = memory.data();
  for (int64_t b = 0; b < sample.blocks; ++b) {
    const int64_t first = sample.first_of(b);
    AccumulatorArgs here = accumulator;
    here.gradient += first;
    if (here.residual != nullptr) here.residual += first;
    table.accumulate(here, Sample::block, values + b * Sample::block);
  }

  // The number of the k largest in a sample varies more if they are clustered. Its standard
  // deviation is about the root of the sum of squares of the numbers per block. Four times that is
  // almost always enough.
  const int32_t first_guess = kth_magnitude(table, values, size, rank).bits;
  int64_t squares = 0;
  for (int64_t b = 0; b < sample.blocks; ++b) {
    int64_t held = 0;
    for (int64_t i = b * Sample::block; i < (b + 1) * Sample::block; ++i)
      held += static_cast<int32_t>(magnitude_bits(values[i])) >= first_guess;
    squares += held * held;
  }
  rank += static_cast<int64_t>(4 * std::sqrt(static_cast<double>(squares))) + 4;
  if (rank > size) return 0;
  const int32_t bits = kth_magnitude(table, values, size, rank).bits;
  return std::clamp(bits - 1, 0, static_cast<int32_t>(infinite_magnitude) - 1);
}

}  // namespace laconic::ops
