// Estimates the kth largest magnitude of an accumulator from a sample. The estimate is more often
// too low than too high. Selection is exact for any estimate, and faster for a better one.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/ops/select/select_kernels.hpp"

namespace laconic::ops {

// A sample of blocks of neighbouring elements. The accumulator is cut into sections of equal
// length, with one block per section. Positions within sections are pseudo-random, so that they do
// not coincide with the columns of a matrix. Each attempt has other positions.
struct Sample {
  static constexpr int64_t block = 16;
  int64_t n;
  int attempt;
  int64_t blocks;

  Sample(int64_t elements, int number_of_attempt);
  int64_t first_of(int64_t b) const;  // first element of block b
};

// Number of estimates that are tried before a bound of 0.
constexpr int attempts = 2;

// Returns magnitude bits that probably a few more than k of the n elements exceed. Returns 0 if the
// sample is too small for an estimate. The result is below infinity, so elements that are not
// finite exceed it. k must be positive. `memory` is for the sample.
int32_t guess_bound(const SelectKernels& table, const AccumulatorArgs& accumulator, int64_t n,
                    int64_t k, int attempt, std::vector<float>& memory);

}  // namespace laconic::ops
