#include "framework/ops/select/kth_magnitude.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace laconic::ops {

namespace {
constexpr int digit_bits = 11;
}

KthMagnitude kth_magnitude(const SelectKernels& table, const float* values, int64_t count,
                           int64_t k) {
  MagnitudeRange range = table.magnitude_range(values, count, all_magnitudes);
  const int32_t largest = range.high;
  int64_t inside = count;  // number of values in the range; the result is the kth largest of them
  while (range.low < range.high) {
    const auto width = static_cast<uint32_t>(range.high - range.low);
    const int shift = std::max(0, static_cast<int>(std::bit_width(width)) - digit_bits);
    std::array<uint32_t, 1 << digit_bits> histogram;
    const auto bins = static_cast<int32_t>(width >> shift) + 1;
    std::fill_n(histogram.begin(), bins, 0);
    table.magnitude_histogram(values, count, range, shift, histogram.data());
    int32_t bin = bins - 1;
    for (; k > histogram[bin]; --bin) k -= histogram[bin];
    inside = histogram[bin];
    range.low += bin << shift;
    range.high = std::min(range.high - range.low, (1 << shift) - 1) + range.low;
    // So many values in one bin are repetitions; the actual range of the bin separates them.
    if (range.low < range.high && inside > count / 8)
      range = table.magnitude_range(values, count, range);
  }
  return {.bits = range.low, .largest = largest, .ties = k, .all_ties = k == inside};
}

}  // namespace laconic::ops
