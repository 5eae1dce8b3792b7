// Set operations on ascending pairs.
#pragma once

#include <span>

#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// Replaces `out` by the pairs whose indices are among `indices` (ascending).
void intersect(PairView pairs, std::span<const int32_t> indices, ops::SparseVector& out);

// Replaces `out` by the union of both. Values of common indices are added, a's first.
void merge_sum(PairView a, PairView b, ops::SparseVector& out);

// Sorts pairs by index, and adds values of equal indices in the order of `pairs`. `order` is
// scratch memory that the caller keeps.
void sort_and_sum(const ops::SparseVector& pairs, std::vector<int64_t>& order,
                  ops::SparseVector& out);

// Keeps the pairs whose magnitude bits are at least `threshold`.
void keep_at_least(uint32_t threshold, ops::SparseVector& pairs);

}  // namespace laconic::comm
