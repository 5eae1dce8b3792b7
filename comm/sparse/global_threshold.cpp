#include "comm/sparse/global_threshold.hpp"

#include <algorithm>

#include "comm/tags.hpp"

namespace laconic::comm {
namespace {

// Keys [lower, upper), of which the k-th largest is one.
struct Interval {
  uint32_t lower = 0;
  uint32_t upper = 0;
  int64_t above = 0;    // pairs with keys >= upper: fewer than k
  int64_t inside = -1;  // pairs in the interval; -1: not yet known
};

}  // namespace

GlobalThreshold GlobalSelect::find(Communicator& communicator, std::span<const float> values,
                                   MagnitudeKey key, int64_t k, int64_t bins, int64_t slack,
                                   uint32_t last, bool to_the_key) {
  Interval interval{0, key.end(), 0, -1};
  GlobalThreshold result;
  // The first cut is fine around the last threshold and coarse elsewhere.
  const uint32_t reach = (uint32_t{1} << 21) >> key.shift;  // a quarter of an octave
  uint32_t fine_begin = last > reach ? last - reach : 0;
  uint32_t fine_end = std::min(key.end(), last + reach);
  if (last == 0) fine_begin = fine_end = 0;

  for (bool first = true;; first = false) {
    // Cell 0 lies below the fine part, cell `cells + 1` above it.
    if (!first || last == 0) {
      fine_begin = interval.lower;
      fine_end = interval.upper;
    }
    const uint32_t width = std::max<uint32_t>(
        1, (fine_end - fine_begin + static_cast<uint32_t>(bins) - 1) / static_cast<uint32_t>(bins));
    const uint32_t cells = (fine_end - fine_begin + width - 1) / width;
    counts_.assign(cells + 2, 0);
    for (const float value : values) {
      const uint32_t magnitude = key(value);
      if (magnitude < interval.lower || magnitude >= interval.upper) continue;
      if (magnitude < fine_begin)
        ++counts_[0];
      else if (magnitude >= fine_end)
        ++counts_[cells + 1];
      else
        ++counts_[1 + (magnitude - fine_begin) / width];
    }
    sum(communicator, counts_, scratch_, select_tag);
    if (first) {
      for (const uint32_t count : counts_) result.total += count;
      if (result.total <= k) {
        result.at_least = result.total;
        return result;
      }
    }
    // From above down to the cell of the k-th.
    int64_t above = interval.above;
    uint32_t cell = cells + 1;
    while (above + counts_[cell] < k) above += counts_[cell--];
    const auto begin_of = [&](uint32_t c) {
      return c == 0 ? interval.lower : std::min(fine_begin + (c - 1) * width, fine_end);
    };
    interval = {begin_of(cell), cell == cells + 1 ? interval.upper : begin_of(cell + 1), above,
                counts_[cell]};
    result.lower = interval.lower;
    result.at_least = interval.above + interval.inside;
    const bool single = interval.upper - interval.lower == 1;
    result.only_ties_too_many = single && result.at_least > k;
    if (single || (!to_the_key && result.at_least <= k + slack)) return result;
  }
}

}  // namespace laconic::comm
