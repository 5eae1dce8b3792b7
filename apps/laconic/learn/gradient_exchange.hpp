// Sums a gradient over the ranks, for methods that train networks. It also does the part of the
// optimizer's work that comes before a sparse sum, measures the wait, and reports figures.
//
// A sparse sum keeps on each rank what was not delivered. Where the update is linear in the
// gradient, residuals are sums of steps: the gradient is multiplied by the learning rate before the
// exchange.
#pragma once

#include "apps/laconic/learn/batch_sums.hpp"
#include "apps/laconic/learn/options.hpp"
#include "comm/gradient/sum.hpp"

namespace laconic {

// The parts of the optimizer that come before the exchange; by default there are none.
struct BeforeExchange {
  comm::FeedbackSettings feedback = {};
  double clip_norm = 0;  // 0: no limit
};

class GradientExchange {
 public:
  // Sums `elements` floats per step; declares its figures in `figures`.
  GradientExchange(const Environment& environment, int64_t elements, Figures& figures,
                   const BeforeExchange& before = {});

  bool is_sparse() const { return sum_.is_sparse(); }
  bool lr_inside() const { return before_.feedback.lr_inside; }
  // Returns the factor by which a gradient is multiplied before the exchange.
  double scale(double lr) const { return lr_inside() ? lr : 1; }
  // Returns the largest norm of this rank's gradient that optimizer.clip_norm allows before a
  // sparse exchange; 0: no limit. Each rank has its own limit, since the limit must apply before
  // values enter the residuals (Lin et al. 2018).
  double local_limit(double lr) const;

  // `steps`: of the whole run.
  void allocate(int64_t steps) { sum_.allocate(steps); }
  void begin(int64_t step, double lr) { sum_.begin(step, lr); }
  // Starts the sum of elements [0, end) of `gradient`, which are final.
  void ready(std::span<float> gradient, int64_t end) { sum_.ready(gradient, end); }
  // Waits for the sum, and sums `total` and `votes` over the ranks with it. Collective. Returns
  // false if a value on some rank is not finite; then `gradient` is lost.
  bool finish(std::span<float> gradient, BatchSums& total, Votes& votes);

  void report(Figures& figures) const;  // sets the figures of the last step
  void visit_state(StateList& state) { sum_.visit_state(state); }

 private:
  const BeforeExchange before_;
  const int ranks_;
  PhaseTimer& timer_;
  const Phase exposed_;
  comm::GradientSum sum_;
  size_t first_figure_ = 0;
};

// Return the optimizer in two: what comes before the exchange of a gradient, and its options
// without these parts.
BeforeExchange before_exchange(const Config& config);
optim::OptimizerOptions behind_exchange(const Config& config);

// Reports options that a sparse exchange and the optimizer cannot combine.
void check_exchange(const Config& config, const config::Checks& checks);

}  // namespace laconic
