// How many low bits of a gap Golomb-Rice codes keep as they are: the optimum for `count` indices
// scattered evenly over `range`.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace laconic::ops {

// The gaps g >= 0 between random indices are geometric with mean m = (range - count) / count, for
// which k bits are best where 2^k <= 2 ln(golden ratio) (m + 1/2) < 2^(k+1) (Kiely, "Selecting the
// Golomb parameter in Rice coding", 2004). So all quotients g >> k together stay below about
// 4 count, whatever the indices.
constexpr int rice_parameter(int64_t range, int64_t count) {
  if (count <= 0) return 0;
  const int64_t scaled = (2 * range - count) * 493 / 1024 / count;  // ln(golden ratio) = 0.4812
  return scaled <= 1 ? 0 : std::bit_width(static_cast<uint64_t>(scaled)) - 1;
}

}  // namespace laconic::ops
