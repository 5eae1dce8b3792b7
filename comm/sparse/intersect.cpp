#include "comm/sparse/intersect.hpp"

namespace laconic::comm {

void intersect(PairView pairs, std::span<const int32_t> indices, ops::SparseVector& out) {
  out.clear();
  size_t j = 0;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    while (j < indices.size() && indices[j] < pairs.indices[i]) ++j;
    if (j == indices.size()) return;
    if (indices[j] == pairs.indices[i]) out.push_back(pairs.indices[i], pairs.values[i]);
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
