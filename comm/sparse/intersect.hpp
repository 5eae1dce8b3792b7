// Set operations on ascending pairs.
#pragma once

#include <span>

#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// The pairs whose indices are among `indices` (ascending) replace `out`.
void intersect(PairView pairs, std::span<const int32_t> indices, ops::SparseVector& out);

// Keeps the pairs whose magnitude bits are at least `threshold`.
void keep_at_least(uint32_t threshold, ops::SparseVector& pairs);

}  // namespace laconic::comm
