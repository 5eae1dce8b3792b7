// A guess at the kth largest magnitude of an accumulator from a sample, made to err on the low
// side. Selection that starts from it is exact whatever it says, but faster the better it is.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {

// The sample is of `blocks` blocks of `block` neighbours, one somewhere in each of as many equal
// stretches. Where somewhere is looks random, lest it keep step with the columns of a matrix.
struct Sample {
  static constexpr int64_t block = 16;
  int64_t n;
  int64_t blocks;

  explicit Sample(int64_t elements);
  int64_t first_of(int64_t b) const;  // where block b begins
};

// Magnitude bits that a little more than k of the n elements exceed, in all likelihood: 0 where the
// sample is too small to say, and always below infinity, so that what is not finite exceeds it.
// `memory` is for the sample.
int32_t guess_bound(const Kernels& table, const AccumulatorArgs& accumulator, int64_t n, int64_t k,
                    std::vector<float>& memory);

}  // namespace laconic::ops
