#include "apps/laconic/learn/sampler/epoch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace laconic {

EpochSampler::EpochSampler(const data::Batches& batches, uint64_t seed, int ranks,
                           int64_t accumulate)
    : batches_(batches),
      order_(batches.units(), batches.units_per_batch()),
      seed_(seed),
      ranks_(ranks),
      accumulate_(accumulate) {}

void EpochPosition::visit_state(StateList& state) {
  state.add_value("sampler/epoch", epoch);
  state.add_value("sampler/groups_done", groups_done);
}

void EpochSampler::select_epoch(int64_t epoch) {
  if (epoch == epoch_) return;
  order_.set(seed_, epoch);
  epoch_ = epoch;
}

void EpochSampler::advance(EpochPosition& position) const {
  position.groups_done += per_step();
  if (position.groups_done >= groups()) position = {position.epoch + 1, 0};
}

int64_t EpochSampler::steps_until(EpochPosition start, int64_t epochs) const {
  if (start.epoch >= epochs) return 0;
  const int64_t first = (groups() - start.groups_done + per_step() - 1) / per_step();
  return first + (epochs - start.epoch - 1) * steps_per_epoch();
}

EpochPosition EpochSampler::after(EpochPosition start, int64_t steps) const {
  const int64_t first = steps_until(start, start.epoch + 1);
  if (steps < first) return {start.epoch, start.groups_done + steps * per_step()};
  steps -= first;
  return {start.epoch + 1 + steps / steps_per_epoch(), steps % steps_per_epoch() * per_step()};
}

std::span<const int32_t> EpochSampler::group(EpochPosition position, int64_t accumulation,
                                             int rank) {
  select_epoch(position.epoch);
  const int64_t i = position.groups_done + accumulation * ranks_ + rank;
  return i < groups() ? order_.group(i) : std::span<const int32_t>{};
}

int64_t EpochSampler::labels(EpochPosition position) {
  select_epoch(position.epoch);
  int64_t sum = 0;
  for (int64_t i = position.groups_done; i < std::min(groups(), position.groups_done + per_step());
       ++i)
    sum += batches_.labels_in(order_.group(i));
  return sum;
}

int64_t EpochSampler::labels(EpochPosition position, int rank) {
  int64_t sum = 0;
  for (int64_t a = 0; a < accumulate_; ++a) sum += batches_.labels_in(group(position, a, rank));
  return sum;
}

int64_t EpochSampler::idle_in_last() const {
  const int64_t batches = groups() - (steps_per_epoch() - 1) * per_step();
  return std::max<int64_t>(0, ranks_ - batches);
}

std::vector<std::string> EpochSampler::warnings(const std::string& who) const {
  std::vector<std::string> warnings;
  if (groups() < ranks_)
    warnings.push_back(
        fmt::format("{0} of {1} {2} are idle, since an epoch has {3} of the batches that {2} take "
                    "one by one; make batches smaller (data.clusters_per_batch, train.batch), or "
                    "start {3} of them",
                    ranks_ - groups(), ranks_, who, groups()));
  EpochSampler first = *this;
  int64_t empty = 0;
  for (int64_t u = 0; u < steps_per_epoch(); ++u) empty += first.labels({0, u * per_step()}) == 0;
  if (empty > 0)
    warnings.push_back(
        fmt::format("{} of {} steps of the first epoch have no label and change nothing; raise "
                    "data.clusters_per_batch",
                    empty, steps_per_epoch()));
  return warnings;
}

uint64_t EpochSampler::serial(EpochPosition position, int64_t accumulation, int rank) const {
  return static_cast<uint64_t>(position.epoch * groups() + position.groups_done +
                               accumulation * ranks_ + rank);
}

}  // namespace laconic
