// Finds the exact kth largest magnitude of a list by a radix select. Its digits divide the actual
// range of the list, so two or three passes are enough for any data.
#pragma once

#include "framework/ops/select/select_kernels.hpp"

namespace laconic::ops {

constexpr MagnitudeRange all_magnitudes{0, INT32_MAX};

struct KthMagnitude {
  int32_t bits = 0;      // of the magnitude
  int32_t largest = 0;   // magnitude bits of the largest of all
  int64_t ties = 0;      // elements among the k largest that equal the kth; at least 1
  bool all_ties = true;  // no element outside the k largest equals the kth
};

// Returns the kth largest magnitude of `values`, for 1 <= k <= count.
KthMagnitude kth_magnitude(const SelectKernels& table, const float* values, int64_t count,
                           int64_t k);

}  // namespace laconic::ops
