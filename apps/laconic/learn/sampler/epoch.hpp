// Assigns the groups of units (clusters, images) of each epoch to ranks and steps. An update uses
// ranks x accumulate consecutive groups; micro-batch a of rank r is number a * ranks + r of them.
// The position is (epoch, groups done), so a run may resume with another number of ranks.
#pragma once

#include <string>
#include <vector>

#include "data/batches.hpp"
#include "data/epoch_order.hpp"
#include "framework/device/state.hpp"

namespace laconic {

struct EpochPosition {
  int64_t epoch = 0;
  int64_t groups_done = 0;
  void visit_state(StateList& state);
};

class EpochSampler {
 public:
  // Lifetime: `batches` must outlive the sampler.
  EpochSampler(const data::Batches& batches, uint64_t seed, int ranks, int64_t accumulate);

  int64_t groups() const { return order_.groups(); }
  int64_t steps_per_epoch() const { return (groups() + per_step() - 1) / per_step(); }
  int64_t per_step() const { return ranks_ * accumulate_; }

  void advance(EpochPosition& position) const;  // by one update
  // Returns the number of updates from `start` to the end of epoch `epochs`.
  int64_t steps_until(EpochPosition start, int64_t epochs) const;
  // Returns the position `steps` updates after `start`.
  EpochPosition after(EpochPosition start, int64_t steps) const;

  // Returns the units of a micro-batch; none when the epoch has no group left for this rank.
  std::span<const int32_t> group(EpochPosition position, int64_t accumulation, int rank);
  // Returns the number of training labels in all groups of the update at `position`.
  int64_t labels(EpochPosition position);
  // Returns the number of those that belong to `rank`.
  int64_t labels(EpochPosition position, int rank);
  // Returns how many ranks have no batch in the last update of an epoch.
  int64_t idle_in_last() const;
  // Returns warnings, for example about ranks without a batch and steps without a label.
  // `who` takes the batches: "ranks".
  std::vector<std::string> warnings(const std::string& who = "ranks") const;
  // Returns a number that is unique in the run; it is the step of the micro-batch's dropout stream.
  uint64_t serial(EpochPosition position, int64_t accumulation, int rank) const;

 private:
  void select_epoch(int64_t epoch);
  const data::Batches& batches_;
  data::EpochOrder order_;
  uint64_t seed_;
  int64_t ranks_, accumulate_;
  int64_t epoch_ = -1;
};

}  // namespace laconic
