// One update's gradient: batches forward and backward, summed over the ranks while backward still
// runs.
#pragma once

#include <vector>

#include "comm/gradient_sum.hpp"
#include "framework/graph/executor.hpp"
#include "framework/observe/phase_timer.hpp"

namespace laconic {

struct StepSums {  // over all ranks
  double loss = 0;
  double labels = 0;
  double correct = 0;
  double rows = 0;
  double stop = 0;     // ranks that were asked to stop
  double save = 0;     // ... for a checkpoint
  double writing = 0;  // whose part of a checkpoint is not yet on disk
  bool finite = true;
};

// What a step multiplies and limits on the way, and what this rank tells the others.
struct StepSettings {
  int64_t labels = 0;     // training labels of the whole update
  double factor = 1;      // of the gradient: the learning rate, where the exchange accumulates it
  double local_clip = 0;  // largest norm of this rank's gradient before the exchange; 0 = off
  bool stop = false;      // asked to stop after the step
  bool save = false;      // ... to save
  bool writing = false;   // is still writing the last checkpoint
};

class GradientStep {
 public:
  GradientStep(graph::Executor<float>& executor, const Context& context, comm::GradientSum& sum,
               PhaseTimer& timer)
      : executor_(executor), context_(context), sum_(sum), timer_(timer) {}

  // `next` hands out the feeds of this rank's micro-batches, `count` of them. On return `gradients`
  // is the sum over ranks of factor * d(sum of losses) / labels; where a loss or gradient was not
  // finite (StepSums::finite), it is nothing. Collective; allocates nothing.
  template <class Next>
  StepSums run(std::span<const float> parameters, std::span<float> gradients, int64_t count,
               const StepSettings& settings, Next&& next) {
    std::fill(gradients.begin(), gradients.end(), 0.0f);
    StepSums sums;
    sums.stop = settings.stop ? 1 : 0;
    sums.save = settings.save ? 1 : 0;
    sums.writing = settings.writing ? 1 : 0;
    const auto labels = static_cast<double>(settings.labels);
    const auto scale = static_cast<float>(labels > 0 ? settings.factor / labels : 0);
    // A limit on the whole gradient must wait for all of it.
    const bool overlap = settings.local_clip == 0;
    for (int64_t a = 0; a < count; ++a)
      micro_batch(parameters, gradients, next(), scale, overlap && a + 1 == count, sums);
    finish(gradients, settings, sums);
    return sums;
  }

 private:
  void micro_batch(std::span<const float> parameters, std::span<float> gradients,
                   const graph::Feed<float>& feed, float scale, bool send, StepSums& sums);
  void finish(std::span<float> gradients, const StepSettings& settings, StepSums& sums);

  graph::Executor<float>& executor_;
  const Context& context_;
  comm::GradientSum& sum_;
  PhaseTimer& timer_;
};

}  // namespace laconic
