#include "apps/laconic/train/batch_cursor.hpp"

#include <algorithm>

namespace laconic {

BatchCursor::BatchCursor(const data::Batches& batches, uint64_t seed, int ranks, int64_t accumulate)
    : batches_(batches),
      order_(batches.units(), batches.units_per_batch()),
      seed_(seed),
      ranks_(ranks),
      accumulate_(accumulate) {}

void BatchCursor::select_epoch(int64_t epoch) {
  if (epoch == epoch_) return;
  order_.set(seed_, epoch);
  epoch_ = epoch;
}

void BatchCursor::advance(BatchPosition& position) const {
  position.groups_done += per_step();
  if (position.groups_done >= groups()) position = {position.epoch + 1, 0};
}

int64_t BatchCursor::steps_until(BatchPosition start, int64_t epochs) const {
  if (start.epoch >= epochs) return 0;
  const int64_t first = (groups() - start.groups_done + per_step() - 1) / per_step();
  return first + (epochs - start.epoch - 1) * steps_per_epoch();
}

BatchPosition BatchCursor::after(BatchPosition start, int64_t steps) const {
  const int64_t first = steps_until(start, start.epoch + 1);
  if (steps < first) return {start.epoch, start.groups_done + steps * per_step()};
  steps -= first;
  return {start.epoch + 1 + steps / steps_per_epoch(), steps % steps_per_epoch() * per_step()};
}

std::span<const int32_t> BatchCursor::group(BatchPosition position, int64_t accumulation,
                                            int rank) {
  select_epoch(position.epoch);
  const int64_t i = position.groups_done + accumulation * ranks_ + rank;
  return i < groups() ? order_.group(i) : std::span<const int32_t>{};
}

int64_t BatchCursor::labels(BatchPosition position) {
  select_epoch(position.epoch);
  int64_t sum = 0;
  for (int64_t i = position.groups_done; i < std::min(groups(), position.groups_done + per_step());
       ++i)
    sum += batches_.labels_in(order_.group(i));
  return sum;
}

uint64_t BatchCursor::serial(BatchPosition position, int64_t accumulation, int rank) const {
  return static_cast<uint64_t>(position.epoch * groups() + position.groups_done +
                               accumulation * ranks_ + rank);
}

}  // namespace laconic
