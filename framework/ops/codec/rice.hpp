// Golomb-Rice codes of ascending indices; codec.hpp says which bytes they are.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace laconic::ops {

// How many low bits of a gap are kept as they are: the best number for `count` > 0 indices
// scattered evenly over `range`, whose gaps are geometric with mean m = (range - count) / count.
// With 2^r <= 2 ln(golden ratio) (m + 1/2) < 2^(r + 1) (Kiely, "Selecting the Golomb parameter in
// Rice coding", 2004) all gap >> r together are less than about 4 count, wherever the indices are.
constexpr int rice_parameter(int64_t range, int64_t count) {
  const int64_t scaled = (2 * range - count) * 493 / 1024 / count;  // ln(golden ratio) = 0.4812
  return scaled < 2 ? 0 : static_cast<int>(std::bit_width(static_cast<uint64_t>(scaled))) - 1;
}

// Neither list is empty; arguments as in encode_indices and decode_indices.
void encode_rice(std::span<const int32_t> indices, int64_t base, int64_t range,
                 std::vector<std::byte>& out);
int64_t decode_rice(std::span<const std::byte> bytes, int64_t count, int64_t base, int64_t range,
                    int32_t* indices);

}  // namespace laconic::ops
