#include "comm/transport/link_schedule.hpp"

#include <algorithm>

namespace laconic::comm {

int64_t LinkSchedule::pass(int64_t from, int64_t duration) {
  for (size_t i = 0; i < gaps_.size(); ++i) {
    const Gap gap = gaps_[i];
    const int64_t begin = std::max(gap.begin, from);
    if (begin >= gap.end) continue;
    if (duration == 0) return begin;
    const int64_t end = begin + std::min(duration, gap.end - begin);
    // The rest of the gap: before, after, both or nothing.
    gaps_.erase(gaps_.begin() + i);
    if (end < gap.end) gaps_.insert(gaps_.begin() + i, {end, gap.end});
    if (gap.begin < begin) gaps_.insert(gaps_.begin() + i, {gap.begin, begin});
    if (gaps_.size() > most_gaps) gaps_.erase(gaps_.begin());
    duration -= end - begin;
    if (duration == 0) return end;
    return pass(end, duration);
  }
  const int64_t begin = std::max(from, busy_until_);
  if (begin > busy_until_) gaps_.push_back({busy_until_, begin});
  if (gaps_.size() > most_gaps) gaps_.erase(gaps_.begin());
  return busy_until_ = begin + duration;
}

}  // namespace laconic::comm
