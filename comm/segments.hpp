// A vector of n elements in `parts` consecutive segments, of equal length to one element. Segments
// may be empty.
#pragma once

#include <cstdint>

namespace laconic::comm {

constexpr int64_t segment_begin(int64_t n, int parts, int q) {
  // floor(nq/parts) without the product, which could overflow.
  return n / parts * q + n % parts * q / parts;
}

constexpr int64_t segment_length(int64_t n, int parts, int q) {
  return segment_begin(n, parts, q + 1) - segment_begin(n, parts, q);
}

}  // namespace laconic::comm
