// The base of methods that train one network step by step, on the batches of epochs. It holds the
// position in the data, this rank's batches, gradient and optimizer, and their part of state,
// figures, periods and facts. It exchanges nothing: what the ranks sum, and when, is the method.
// Batches are divided among the ranks, or among logical workers, which may outnumber the ranks.
#pragma once

#include "apps/laconic/learn/batch_stream.hpp"
#include "apps/laconic/learn/network_learner.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "comm/base/hosted.hpp"

namespace laconic {

class EpochLearner : public NetworkLearner {
 public:
  void begin(bool resumed) override;
  int64_t step() const override { return step_; }
  int64_t steps() const override { return steps_; }
  int64_t samples() const override { return samples_; }
  Period period() const override { return epoch_at(position_); }
  Facts facts() const override;

 protected:
  // `optimizer`: the options of optimizer_. Collective.
  EpochLearner(const Environment& environment, const optim::OptimizerOptions& optimizer);

  // Divides the batches of a step among logical workers instead of ranks. Call it before begin().
  void host(int64_t workers);
  // Returns the next batch of a worker of this rank. It is valid until the worker's next one.
  const graph::Feed<float>& next_batch(int worker) {
    return batches_[worker / hosted_.ranks]->next();
  }

  // Lists the position in the data, and the numbers of steps and samples.
  void visit_progress(StateList& state);
  // Returns the learning rate of the step under way.
  double learning_rate() const { return scheduled_lr(step_, steps_); }
  // Sets gradients_ to `weight` times the gradient of the sum of losses of this rank's batches of
  // the step under way (those of its first worker), and adds their measurements to `sums`. at.next_state becomes the state that
  // follows. `on_final` is called during the last batch, or never if it is null.
  void compute_gradient(const graph::Point<float>& at, float weight, BatchSums& sums,
                        const NetworkOracle::OnFinal& on_final = nullptr);
  void leave_batches();  // takes this rank's batches of the step under way, and does not use them
  void end_step();       // goes on to the next step

  // Sets the figures of `total`, summed over the ranks, and those of the optimizer.
  void report(BatchSums& total, double lr, double norm);
  // Returns the error of a gradient that is not finite in `where`: "step 3".
  AgreedError diverged(const std::string& where) const;

  const TrainOptions& train_;
  const optim::OptimizerOptions& optimizer_options_;
  const Phase update_;
  comm::Hosted hosted_;  // workers; the ranks, unless host() was called
  device::Buffer<float> gradients_;
  optim::Optimizer optimizer_;
  EpochPosition position_;
  int64_t step_ = 0, steps_ = 0, samples_ = 0;
  size_t lr_ = 0, norm_ = 0, skipped_steps_ = 0;  // figures

 private:
  bool has_workers_ = false;
  std::vector<std::unique_ptr<BatchStream>> batches_;  // of each worker of this rank
  size_t measurements_ = 0;                            // figures: the first ones
};

}  // namespace laconic
