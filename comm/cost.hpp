// What the allreduce algorithms should cost by the alpha-beta model of comm/link.hpp: seconds for
// the sum of n floats over `ranks`, additions free. Equal to what comm/model.hpp measures where
// segments come out even, and within a message of it where there is a fold. Plain functions of
// their arguments: every rank decides by them alike.
#pragma once

#include <bit>
#include <cstdint>

#include "comm/link.hpp"

namespace laconic::comm {

double ring_seconds(const LinkOptions& link, int64_t n, int ranks);
double recursive_doubling_seconds(const LinkOptions& link, int64_t n, int ranks);
double rabenseifner_seconds(const LinkOptions& link, int64_t n, int ranks);
double circulant_seconds(const LinkOptions& link, int64_t n, int ranks);
double ref_seconds(const LinkOptions& link, int64_t n, int ranks);
// The fastest of all but the last.
double dense_seconds(const LinkOptions& link, int64_t n, int ranks);

// A sparse method that sends `messages` one after the other and `pairs` in all, and looks at n
// elements before.
double sparse_seconds(const LinkOptions& link, int64_t n, double messages, double pairs,
                      double bytes_per_pair);

inline int log2_ceil(int ranks) {
  return std::bit_width(static_cast<unsigned>(ranks - 1));
}

}  // namespace laconic::comm
