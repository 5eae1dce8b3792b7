// A logical site: it trains a subnet on batches of its own, and keeps a part of the whole network,
// its home shard (framework/graph/slice_plan.hpp). Sites are not ranks: a rank hosts several, and
// results do not depend on how many. So its state is keyed.
//
// Running statistics belong to a layer with all its units, so a subnet keeps none.
#pragma once

#include "apps/laconic/learn/batch_stream.hpp"
#include "apps/laconic/learn/network_oracle.hpp"
#include "apps/laconic/run/config.hpp"
#include "framework/graph/slice_plan.hpp"
#include "framework/optim/optimizer.hpp"

namespace laconic {

class Site {
 public:
  // `moments_travel`: the optimizer's moments have a home, too.
  // Lifetime: the arguments must outlive the site.
  Site(const Config& config, const Context& context, const Task& task, const graph::SlicePlan& plan,
       int number, bool moments_travel);

  int number() const { return number_; }
  void visit_state(StateList& state);
  // Allocates, and starts to build batches: those of `steps` steps from `position` on. `sampler` has
  // one rank per site.
  void begin(PhaseTimer& timer, const EpochSampler& sampler, EpochPosition position, int64_t steps);

  // Does one step of the optimizer with learning rate `lr` on the site's own batches, which have
  // `labels` labels. Without a label it does nothing. So it does if the loss or its gradient is not
  // finite, and counts such a step.
  void step(double lr, int64_t labels);
  void reset_optimizer() { optimizer_.reset(); }

  // Return parameters and the moments that travel: of the subnet, and at home.
  std::vector<std::span<float>> subnet();
  std::vector<std::span<float>> home();
  size_t arrays() const { return home_.size(); }  // parameters and those moments

  // Sums over the steps since clear_sums().
  std::span<const double> sums() { return sums_.values(); }
  void clear_sums() { sums_ = {}; }
  // Returns whether more steps in a row were left out than train.skip_nonfinite allows.
  bool has_diverged() const { return diverged_ != 0; }

  const graph::Graph& network() const { return network_; }

 private:
  const Config& config_;
  const Context& context_;
  const Task& task_;
  const int number_;
  const double clip_norm_;
  const graph::Graph network_;
  device::Buffer<float> parameters_, gradients_;
  optim::Optimizer optimizer_;
  std::vector<device::Buffer<float>> home_;  // parameters, and moments that travel
  std::optional<NetworkOracle> oracle_;
  std::optional<BatchStream> batches_;
  BatchSums sums_;
  int64_t skipped_ = 0;  // steps in a row
  int64_t diverged_ = 0;
};

}  // namespace laconic
