// Computes the loss of a network and its gradient at any point, for prepared batches or for
// samples. It exchanges nothing with other ranks. While backward still runs, it reports which part
// of the gradient is final, so that the caller can send it.
//
// Ownership: it owns the executor.
// Thread safety: one thread at a time; it computes with several threads.
// With prepared batches it allocates nothing.
#pragma once

#include <functional>

#include "apps/laconic/learn/task.hpp"
#include "framework/graph/executor.hpp"
#include "models/oracle.hpp"

namespace laconic {

class NetworkOracle final : public models::Oracle<float> {
 public:
  // `implementation`: that of every operator; empty: the first that fits.
  // Lifetime: `task` and `timer` must outlive this object.
  NetworkOracle(const Task& task, const Context& context, PhaseTimer& timer,
                const std::string& implementation = "")
      : NetworkOracle(task, task.network(), context, timer, implementation) {}
  // The same for a network that has the inputs and outputs of the task's own, which must outlive
  // this object, too.
  NetworkOracle(const Task& task, const graph::Graph& network, const Context& context,
                PhaseTimer& timer, const std::string& implementation = "");

  // A callback that gets `end` when elements [0, end) of the gradient are final. Gradients become
  // final in the order of the parameters.
  using OnFinal = std::function<void(int64_t end)>;

  // Adds scale * d(sum of losses) / dθ of the batch to `gradient`, and its measurements to `sums`.
  // The same batch (feed.step) has the same dropout at every point. Both write point.next_state.
  void gradient(const graph::Point<float>& point, const graph::Feed<float>& batch, float scale,
                std::span<float> gradient, BatchSums& sums, const OnFinal& on_final = {});
  void value(const graph::Point<float>& point, const graph::Feed<float>& batch, BatchSums& sums);

  // Takes one more batch into `state`, which is the mean of the statistics of `batches` of them.
  // Returns 1, or 0 for fewer than two rows, which have no variance. Dropout is that of step 0.
  int64_t recalibrate(std::span<const float> theta, std::span<const int32_t> samples,
                      int64_t batches, std::span<float> state);

  // The interface of an oracle. Samples are the units of the task's batches (clusters, images), at
  // most units_per_batch() at a time. Dropout is that of step 0. The untrained state is
  // state(), which starts with the initial values; the caller may write it.
  std::span<float> state() { return state_; }
  int64_t dimension() const override { return executor_.graph().parameter_count; }
  int64_t samples() const override { return task_.batches().units(); }
  double value(std::span<const float> theta, std::span<const int32_t> samples) override;
  double gradient(std::span<const float> theta, std::span<const int32_t> samples, float scale,
                  std::span<float> gradient) override;

  const graph::Executor<float>& executor() const { return executor_; }

 private:
  const graph::Feed<float>& prepared(std::span<const int32_t> samples);

  const Task& task_;
  const Context& context_;
  PhaseTimer& timer_;
  const Phase forward_, backward_;
  graph::Executor<float> executor_;
  std::unique_ptr<data::Batch> batch_;  // of samples; made when first needed
  device::Buffer<float> state_;
};

}  // namespace laconic
