// The base of learners that train one network: the task, the parameters, the untrained state and
// their initial values, evaluation by rank 0, predictions, and the facts about the network for
// `plan`.
#pragma once

#include <optional>

#include "apps/laconic/learn/network_oracle.hpp"
#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/learn/sampler/epoch.hpp"
#include "apps/laconic/learn/task.hpp"
#include "framework/device/buffer.hpp"
#include "framework/graph/plan.hpp"

namespace laconic {

class NetworkLearner : public Learner {
 public:
  void visit_state(StateList& state) override;
  void begin(bool resumed) override;
  void evaluate() override;
  std::string default_monitor() const override { return task_->default_monitor(); }
  void visit_best(StateList& state) override;
  std::string predict(const std::string& path) override;
  nlohmann::json attributes() const override;
  Facts facts() const override;

 protected:
  // Loads the task and declares its measurements. Collective.
  explicit NetworkLearner(const Environment& environment);

  // Return the learning rate of a step, and the period at a position, of a method on epochs.
  double scheduled_lr(int64_t step, int64_t steps) const;
  Period epoch_at(EpochPosition position) const;
  // Writes the initial parameters, and the untrained state if model.init_from has one.
  void initialise();
  // Recomputes the statistics in evaluated_state_ for the present parameters.
  void recalibrate();
  // Makes parameters_ and evaluated_state_ what rank 0 evaluates. Collective.
  virtual void renew_evaluated_state();

  const Config& config_;
  const Context& context_;
  comm::Exchange& exchange_;
  PhaseTimer& timer_;
  const Environment::Use use_;
  const int ranks_;
  std::unique_ptr<Task> task_;
  device::Buffer<float> parameters_;
  device::Buffer<float> state_;            // untrained, of this rank
  device::Buffer<float> next_state_;       // becomes state_ together with a step of the parameters
  device::Buffer<float> evaluated_state_;  // that evaluations use; equal on all ranks
  // The method makes these two. Without them train.recalibrate has no effect.
  std::optional<EpochSampler> sampler_;
  std::optional<NetworkOracle> oracle_;

 private:
  std::string monitor_warning() const;
};

// Returns the implementation that compute.implementation selects; empty: the first that fits.
std::string implementation_of(const Config& config);

}  // namespace laconic
