// Set operations on ascending pairs.
#pragma once

#include <span>

#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// The pairs whose indices are among `indices` (ascending) replace `out`.
void intersect(PairView pairs, std::span<const int32_t> indices, ops::SparseVector& out);

// All indices of both; values of common ones added, a's first.
void merge_sum(PairView a, PairView b, ops::SparseVector& out);

// Sorts pairs in any order by index and adds those of one index in the order in which they came.
// `order` is memory that the caller keeps.
void sort_and_sum(const ops::SparseVector& pairs, std::vector<int64_t>& order,
                  ops::SparseVector& out);

// Keeps the pairs whose magnitude bits are at least `threshold`.
void keep_at_least(uint32_t threshold, ops::SparseVector& pairs);

}  // namespace laconic::comm
