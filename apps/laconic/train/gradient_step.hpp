// One update's gradient: batches forward and backward, summed over the ranks while backward still
// runs.
#pragma once

#include <vector>

#include "comm/exchange.hpp"
#include "framework/graph/executor.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

struct StepSums {  // over all ranks
  double loss = 0;
  double labels = 0;
  double correct = 0;
  double rows = 0;
  double stop = 0;  // ranks that were asked to stop
};

class GradientStep {
 public:
  GradientStep(graph::Executor<float>& executor, const Context& context, comm::Exchange& exchange,
               PhaseTimer& timer)
      : executor_(executor), context_(context), exchange_(exchange), timer_(timer) {}

  // `next` hands out the feeds of this rank's micro-batches, `count` of them; `labels`: training
  // labels of the whole update. On return `gradients` is the sum over ranks of d(sum of losses) /
  // labels. Collective; allocates nothing.
  template <class Next>
  StepSums run(std::span<const float> parameters, std::span<float> gradients, int64_t count,
               int64_t labels, bool stop_requested, Next&& next) {
    std::fill(gradients.begin(), gradients.end(), 0.0f);
    StepSums sums;
    sums.stop = stop_requested ? 1 : 0;
    const float scale = labels > 0 ? 1.0f / static_cast<float>(labels) : 0.0f;
    for (int64_t a = 0; a < count; ++a)
      micro_batch(parameters, gradients, next(), scale, a + 1 == count, sums);
    finish(sums);
    return sums;
  }

 private:
  void micro_batch(std::span<const float> parameters, std::span<float> gradients,
                   const graph::Feed<float>& feed, float scale, bool last, StepSums& sums);
  void finish(StepSums& sums);

  graph::Executor<float>& executor_;
  const Context& context_;
  comm::Exchange& exchange_;
  PhaseTimer& timer_;
};

}  // namespace laconic
