// Cuts n elements into `parts` consecutive parts whose lengths differ by at most one. Parts may be
// empty.
#pragma once

#include <algorithm>
#include <cstdint>

namespace laconic {

// Returns the first element of part q, for 0 <= q < parts. Returns n for q = parts.
constexpr int64_t equal_cut(int64_t n, int64_t parts, int64_t q) {
  // floor(nq / parts) without the product, which could overflow.
  return n / parts * q + n % parts * q / parts;
}

constexpr int64_t equal_part(int64_t n, int64_t parts, int64_t q) {  // its length
  return equal_cut(n, parts, q + 1) - equal_cut(n, parts, q);
}

// Like equal_cut(), but the longer parts come first.
constexpr int64_t equal_cut_longer_first(int64_t n, int64_t parts, int64_t q) {
  return n / parts * q + std::min(q, n % parts);
}

}  // namespace laconic
