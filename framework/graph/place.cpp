#include "framework/graph/place.hpp"

namespace laconic::graph {
namespace {

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.born <= b.dies && b.born <= a.dies;
}

}  // namespace

int64_t place(std::span<Lifetime> all, Slot::Where where) {
  std::vector<size_t> order;
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].used() && all[i].slot.where == where) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return all[a].bytes > all[b].bytes; });
  int64_t size = 0;
  std::vector<size_t> placed;
  for (const size_t i : order) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (const size_t j : placed)
      if (overlap(all[i], all[j]))
        taken.emplace_back(all[j].slot.offset, all[j].slot.offset + all[j].bytes);
    std::sort(taken.begin(), taken.end());
    int64_t offset = 0;
    for (const auto& [first, last] : taken) {
      if (first - offset >= all[i].bytes) break;
      offset = std::max(offset, last);
    }
    all[i].slot.offset = offset;
    placed.push_back(i);
    size = std::max(size, offset + all[i].bytes);
  }
  return size;
}

}  // namespace laconic::graph
