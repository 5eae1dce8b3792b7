// Golomb-Rice codes of ascending indices; codec.hpp defines the bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace laconic::ops {

// Returns r, the number of low bits of a gap that are stored unchanged. It is optimal for `count` >
// 0 indices spread uniformly over `range`. Their gaps are geometric with mean m = (range - count) /
// count, and 2^r <= 2 ln(golden ratio) (m + 1/2) < 2^(r + 1) (Kiely, "Selecting the Golomb
// parameter in Rice coding", 2004). For any indices, the sum of all gap >> r is less than about 4
// count.
constexpr int rice_parameter(int64_t range, int64_t count) {
  const int64_t scaled = (2 * range - count) * 493 / 1024 / count;  // ln(golden ratio) = 0.4812
  return scaled < 2 ? 0 : static_cast<int>(std::bit_width(static_cast<uint64_t>(scaled))) - 1;
}

// Work like encode_indices and decode_indices. Lists must not be empty.
void encode_rice(std::span<const int32_t> indices, int64_t base, int64_t range,
                 std::vector<std::byte>& out);
int64_t decode_rice(std::span<const std::byte> bytes, int64_t count, int64_t base, int64_t range,
                    int32_t* indices);

}  // namespace laconic::ops
