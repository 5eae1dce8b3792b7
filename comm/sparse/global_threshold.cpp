#include "comm/sparse/global_threshold.hpp"

#include <algorithm>

#include "comm/sparse/tags.hpp"
#include "framework/base/equal_cut.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {
namespace {

// Keys [lower, upper); the k-th largest is one of them.
struct Interval {
  uint32_t lower = 0;
  uint32_t upper = 0;
  int64_t above = 0;  // number of pairs with keys >= upper; less than k
};

// Writes ascending borders of cells over the interval. Their widths differ by at most one.
void cut_equally(const Interval& interval, int64_t cells, std::vector<uint32_t>& edges) {
  const int64_t width = interval.upper - interval.lower;
  const int64_t count = std::min(cells, width);
  edges.clear();
  for (int64_t i = 0; i <= count; ++i)
    edges.push_back(interval.lower + static_cast<uint32_t>(equal_cut(width, count, i)));
}

// Writes borders of fine cells within a quarter of an octave around the guess, and of cells whose
// width doubles on both sides. Returns the interval of the fine cells.
Interval cut_around(uint32_t guess, int64_t cells, MagnitudeKey key, std::vector<uint32_t>& edges) {
  const uint32_t reach = (uint32_t{1} << 21) >> key.shift;
  const auto below = [&](uint32_t distance) { return guess > distance ? guess - distance : 0; };
  const auto above = [&](uint32_t distance) { return std::min(guess + distance, key.end()); };
  const Interval fine{below(reach), above(reach)};
  cut_equally(fine, cells, edges);
  for (uint32_t distance = 2 * reach; distance <= 32 * reach; distance *= 2) {
    edges.push_back(above(distance));
    edges.push_back(below(distance));
  }
  edges.push_back(0);
  edges.push_back(key.end());
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return fine;
}

// Finds the cell of a key in [edges.front(), edges.back()). Where cells are equal, it computes the
// cell instead of searching. Most keys lie there, and the branch mispredictions of a binary search
// would cost more than all other work.
class Cells {
 public:
  // `equal`: the interval in which widths of cells differ by at most one.
  Cells(std::span<const uint32_t> edges, const Interval& equal)
      : edges_(edges),
        equal_(equal),
        first_(std::lower_bound(edges.begin(), edges.end(), equal.lower) - edges.begin()) {
    const auto last = std::lower_bound(edges.begin(), edges.end(), equal.upper) - edges.begin();
    per_key_ = static_cast<float>(last - first_) / static_cast<float>(equal.upper - equal.lower);
  }

  int64_t of(uint32_t key) const {
    if (key < equal_.lower || key >= equal_.upper)
      return std::upper_bound(edges_.begin(), edges_.end(), key) - edges_.begin() - 1;
    // Rounding, and the difference of one between widths, may give a cell beside the right one.
    auto cell = first_ + static_cast<int64_t>(static_cast<float>(key - equal_.lower) * per_key_);
    while (edges_[cell] > key) --cell;
    while (edges_[cell + 1] <= key) ++cell;
    return cell;
  }

 private:
  const std::span<const uint32_t> edges_;
  const Interval equal_;
  const int64_t first_;
  float per_key_ = 0;
};

}  // namespace

GlobalThreshold GlobalSelect::find(Communicator& communicator, std::span<const float> values,
                                   MagnitudeKey key, int64_t k, int64_t bins, int64_t slack,
                                   uint32_t guess, bool to_the_key) {
  constexpr int64_t borders = 32;  // besides those of the equal cells
  make_room(edges_, bins + borders);
  make_room(counts_, bins + borders);
  Interval interval{0, key.end()};
  GlobalThreshold result;
  for (bool first = true;; first = false) {
    Interval equal = interval;
    if (first && guess > 0)
      equal = cut_around(guess, bins, key, edges_);
    else
      cut_equally(interval, bins, edges_);
    const Cells cells(edges_, equal);
    counts_.assign(edges_.size() - 1, 0);
    for (const float value : values) {
      const uint32_t magnitude = key(value);
      if (magnitude < interval.lower || magnitude >= interval.upper) continue;
      ++counts_[cells.of(magnitude)];
    }
    sum(communicator, counts_, scratch_, select_tag);
    if (first) {
      for (const uint32_t count : counts_) result.total += count;
      if (result.total <= k) {
        result.at_least = result.total;
        return result;
      }
    }
    // Goes from the largest keys down to the cell of the k-th.
    size_t cell = counts_.size() - 1;
    while (interval.above + counts_[cell] < k) interval.above += counts_[cell--];
    interval.lower = edges_[cell];
    interval.upper = edges_[cell + 1];
    result.lower = interval.lower;
    result.at_least = interval.above + counts_[cell];
    const bool single = interval.upper - interval.lower == 1;
    result.only_ties_too_many = single && result.at_least > k;
    if (single || (!to_the_key && result.at_least <= k + slack)) return result;
  }
}

}  // namespace laconic::comm
