// The batches of one rank, in the order of an epoch sampler. A helper thread builds each batch
// while the one before it is used.
#pragma once

#include <memory>

#include "apps/laconic/learn/sampler/epoch.hpp"
#include "data/prefetch.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

class BatchStream {
 public:
  // Starts at `start`, for `steps` updates of `accumulate` batches.
  // Lifetime: `batches` must outlive this object.
  BatchStream(const data::Batches& batches, const EpochSampler& sampler, EpochPosition start,
              int64_t steps, int64_t accumulate, int rank, PhaseTimer& timer)
      : timer_(timer), wait_(timer.declare("data", PhaseKind::work)) {
    auto build = [sampler = EpochSampler(sampler), start, accumulate, rank](
                     int64_t i, std::unique_ptr<data::Batch>& batch) mutable {
      const EpochPosition position = sampler.after(start, i / accumulate);
      graph::Feed<float>& feed = batch->build(sampler.group(position, i % accumulate, rank));
      feed.step = sampler.serial(position, i % accumulate, rank);
    };
    prefetcher_ =
        std::make_unique<Prefetcher>(batches.make_batch(), batches.make_batch(), 0,
                                     std::max<int64_t>(0, steps) * accumulate, std::move(build));
  }

  // Waits for the next batch, and returns it. It is valid until the next call.
  const graph::Feed<float>& next() {
    const auto timing = timer_.measure(wait_);
    return prefetcher_->next()->feed();
  }
  double waited_s() const { return prefetcher_->waited_s(); }

 private:
  using Prefetcher = data::Prefetcher<std::unique_ptr<data::Batch>>;
  PhaseTimer& timer_;
  const Phase wait_;
  std::unique_ptr<Prefetcher> prefetcher_;
};

}  // namespace laconic
