#include "comm/gradient/top_k_memory.hpp"

#include <algorithm>

#include "framework/base/room.hpp"

namespace laconic::comm {

TopKMemory::TopKMemory(const Context& context, std::span<const int64_t> sizes, double density,
                       const PairFormat& format)
    : context_(context), format_(format) {
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    const auto k = static_cast<int64_t>(density * static_cast<double>(size));
    regions_.push_back({begin, size, std::clamp<int64_t>(k, std::min<int64_t>(1, size), size)});
    begin += size;
    pairs_ += regions_.back().k;
  }
}

bool TopKMemory::compress(std::span<const float> update, std::span<float> e, ops::SparseVector& s) {
  s.clear();
  make_room(s.indices, pairs_);
  make_room(s.values, pairs_);
  for (const Region& region : regions_) {
    const ops::Accumulator u{e.subspan(region.begin, region.size),
                             update.subspan(region.begin, region.size)};
    if (!ops::top_k(context_, u, region.k, scratch_, kept_).finite) return false;
    for (int64_t i = 0; i < kept_.size(); ++i)
      s.push_back(static_cast<int32_t>(region.begin) + kept_.indices[i],
                  format_.rounded(kept_.values[i]));
  }
  ops::accumulate(context_, {e, update}, e);
  for (int64_t i = 0; i < s.size(); ++i) e[s.indices[i]] -= s.values[i];
  return true;
}

}  // namespace laconic::comm
