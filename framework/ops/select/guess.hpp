// A guess at the kth largest magnitude of an accumulator from a sample, made to err on the low
// side. Selection that starts from it is exact whatever it says, but faster the better it is.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {

// Blocks of neighbours, one somewhere in each of as many equal stretches. Where somewhere is looks
// random, lest it keep step with the columns of a matrix; another attempt looks elsewhere.
struct Sample {
  static constexpr int64_t block = 16;
  int64_t n;
  int attempt;
  int64_t blocks;

  Sample(int64_t elements, int number_of_attempt);
  int64_t first_of(int64_t b) const;  // where block b begins
};

// Guesses that are worth making before a bound of 0.
constexpr int attempts = 2;

// Magnitude bits that a little more than k > 0 of the n elements exceed, in all likelihood: 0 where
// the sample is too small to say, and always below infinity, so that what is not finite exceeds it.
// `memory` is for the sample.
int32_t guess_bound(const Kernels& table, const AccumulatorArgs& accumulator, int64_t n, int64_t k,
                    int attempt, std::vector<float>& memory);

}  // namespace laconic::ops
