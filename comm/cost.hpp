// What the allreduce algorithms should cost by the alpha-beta model of comm/link.hpp: seconds for
// the sum of n floats over `ranks`, additions free. Equal to what comm/model.hpp measures where
// segments come out even, and within a message of it where there is a fold. Plain functions of
// their arguments: every rank decides by them alike.
#pragma once

#include <cstdint>

#include "comm/link.hpp"

namespace laconic::comm {

double ring_seconds(const LinkOptions& link, int64_t n, int ranks);
double recursive_doubling_seconds(const LinkOptions& link, int64_t n, int ranks);
double rabenseifner_seconds(const LinkOptions& link, int64_t n, int ranks);
double circulant_seconds(const LinkOptions& link, int64_t n, int ranks);
double ref_seconds(const LinkOptions& link, int64_t n, int ranks);

}  // namespace laconic::comm
