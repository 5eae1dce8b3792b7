#include "comm/sparse/pair_sets.hpp"

#include <algorithm>

#include "framework/base/room.hpp"

namespace laconic::comm {

void intersect(PairView pairs, std::span<const int32_t> indices, ops::SparseVector& out) {
  out.clear();
  make_room(out.indices, indices.size());
  make_room(out.values, indices.size());
  size_t j = 0;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    while (j < indices.size() && indices[j] < pairs.indices[i]) ++j;
    if (j == indices.size()) return;
    if (indices[j] == pairs.indices[i]) out.push_back(pairs.indices[i], pairs.values[i]);
  }
}

void merge_sum(PairView a, PairView b, ops::SparseVector& out) {
  out.clear();
  make_room(out.indices, a.size() + b.size());
  make_room(out.values, a.size() + b.size());
  int64_t i = 0;
  int64_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a.indices[i] < b.indices[j])) {
      out.push_back(a.indices[i], a.values[i]);
      ++i;
    } else if (i == a.size() || b.indices[j] < a.indices[i]) {
      out.push_back(b.indices[j], b.values[j]);
      ++j;
    } else {
      out.push_back(a.indices[i], a.values[i] + b.values[j]);
      ++i;
      ++j;
    }
  }
}

void sort_and_sum(const ops::SparseVector& pairs, std::vector<int64_t>& order,
                  ops::SparseVector& out) {
  make_room(order, pairs.size());
  order.resize(pairs.size());
  for (int64_t i = 0; i < pairs.size(); ++i)
    order[i] = (int64_t{pairs.indices[i]} << 32) + i;  // fewer than 2^31 pairs
  std::sort(order.begin(), order.end());
  out.clear();
  for (const int64_t key : order) {
    const int64_t i = key & 0xffffffff;
    if (out.size() > 0 && out.indices.back() == pairs.indices[i])
      out.values.back() += pairs.values[i];
    else
      out.push_back(pairs.indices[i], pairs.values[i]);
  }
}

void keep_at_least(uint32_t threshold, ops::SparseVector& pairs) {
  int64_t kept = 0;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    if (ops::magnitude_bits(pairs.values[i]) < threshold) continue;
    pairs.indices[kept] = pairs.indices[i];
    pairs.values[kept++] = pairs.values[i];
  }
  pairs.indices.resize(kept);
  pairs.values.resize(kept);
}

}  // namespace laconic::comm
