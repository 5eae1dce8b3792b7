// The kth largest magnitude of a list, exactly: a radix select whose digits are cut from the range
// that the list really has, so that two or three passes do, whatever the data.
#pragma once

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {

constexpr MagnitudeRange all_magnitudes{0, INT32_MAX};

struct KthMagnitude {
  int32_t bits = 0;      // of the magnitude
  int32_t largest = 0;   // magnitude bits of the largest of all
  int64_t ties = 0;      // so many of those equal to it are among the k largest, at least one
  bool all_ties = true;  // ... and those are all that are equal to it
};

// 1 <= k <= count.
KthMagnitude kth_magnitude(const Kernels& table, const float* values, int64_t count, int64_t k);

}  // namespace laconic::ops
