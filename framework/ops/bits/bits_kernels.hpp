// The kernel of products of bits and floats.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

// out = x * w (+ out if accumulate). x: `rows` rows of `depth` bits in the words of a BitView.
struct BitsArgs {
  const uint64_t* words;
  int64_t stride;
  int64_t rows;
  int64_t depth;
  Strided<const float> w;
  Strided<float> out;
  bool accumulate;
};

struct BitsKernels {
  // Computes the columns [first_col, last_col).
  void (*times_dense)(const BitsArgs&, int64_t first_col, int64_t last_col);
};
LACONIC_KERNELS(BitsKernels, bits)

}  // namespace laconic::ops
