// Which groups of units (clusters, images) a rank trains on, and when. The groups of an epoch are
// dealt out in rounds: an update consumes ranks x accumulate consecutive groups, micro-batch a of
// rank r being number a * ranks + r of them. The position is (epoch, groups done), so a run may
// resume with another number of ranks.
#pragma once

#include "data/batches.hpp"
#include "data/epoch_order.hpp"

namespace laconic {

struct BatchPosition {
  int64_t epoch = 0;
  int64_t groups_done = 0;
};

class BatchCursor {
 public:
  // `batches` must outlive the cursor.
  BatchCursor(const data::Batches& batches, uint64_t seed, int ranks, int64_t accumulate);

  int64_t groups() const { return order_.groups(); }
  int64_t steps_per_epoch() const { return (groups() + per_step() - 1) / per_step(); }
  int64_t per_step() const { return ranks_ * accumulate_; }

  void advance(BatchPosition& position) const;  // by one update
  // The updates from `start` on to the end of epoch `epochs`.
  int64_t steps_until(BatchPosition start, int64_t epochs) const;
  // The position `steps` updates after `start`.
  BatchPosition after(BatchPosition start, int64_t steps) const;

  // Units of a micro-batch; empty when the epoch has no group left for this rank.
  std::span<const int32_t> group(BatchPosition position, int64_t accumulation, int rank);
  // Training labels in all groups of the update at `position`.
  int64_t labels(BatchPosition position);
  // A number no other micro-batch of the run has: the step of its dropout stream.
  uint64_t serial(BatchPosition position, int64_t accumulation, int rank) const;

 private:
  void select_epoch(int64_t epoch);
  const data::Batches& batches_;
  data::EpochOrder order_;
  uint64_t seed_;
  int64_t ranks_, accumulate_;
  int64_t epoch_ = -1;
};

}  // namespace laconic
