// Synchronous data-parallel training of a network on batches. R ranks draw disjoint groups of one
// epoch's permutation of clusters or images. L(B) is the sum of the losses of a batch, and n the
// number of labels in all batches of a step:
//
//   g = sum over ranks r and micro-batches a of  dL(B_ra)/dθ / n        θ <- θ - update(lr, g)
//
// So R ranks equal one rank that accumulates R batches, and a rank without labels adds zero. A step
// in which no rank has a label (n = 0) leaves parameters, optimizer and residuals unchanged. The
// sum of a bucket of g starts as soon as backward has finished it. With a sparse sum each rank
// keeps the undelivered part. If the update is linear in g, the residuals are sums of steps: g is
// multiplied by the learning rate before the exchange.
#include <cmath>

#include "apps/laconic/learn/epoch_learner.hpp"
#include "apps/laconic/learn/exchange_facts.hpp"
#include "apps/laconic/learn/gradient_exchange.hpp"
#include "framework/config/checks.hpp"
#include "framework/ops/update/update.hpp"

namespace laconic {
namespace {

class DataParallel final : public EpochLearner {
 public:
  explicit DataParallel(const Environment& environment)
      : EpochLearner(environment, behind_exchange(environment.config)) {
    if (use_ != Environment::Use::evaluate)
      sum_.emplace(environment, parameters_.size(), figures_, before_exchange(config_));
  }

  void visit_state(StateList& state) override {
    NetworkLearner::visit_state(state);
    optimizer_.visit_state(state);
    sum_->visit_state(state);
    visit_progress(state);
    state.add_value("method/skipped", skipped_);
  }

  void begin(bool resumed) override {
    EpochLearner::begin(resumed);
    sum_->allocate(steps_);
  }

  void advance(Votes& votes) override {
    const double lr = learning_rate(), scale = sum_->scale(lr);
    const int64_t labels = sampler_->labels(position_);  // the same on every rank
    if (labels == 0) return pass(votes);
    const auto weight = static_cast<float>(scale / static_cast<double>(labels));
    const std::span<float> g = gradients_;
    BatchSums total;
    sum_->begin(step_, lr);
    // A limit on the norm of the whole gradient needs all of it.
    const double limit = sum_->local_limit(lr);
    const auto leave = [&](int64_t end) { sum_->ready(g, end); };
    compute_gradient({parameters_, state_, next_state_}, weight, total,
                     limit == 0 ? NetworkOracle::OnFinal(std::ref(leave)) : nullptr);
    if (limit > 0) optim::clip(context_, g, limit);
    const bool finite = sum_->finish(g, total, votes);
    const auto timing = timer_.measure(update_);
    // The sums are the same on every rank, and so is what follows.
    const double norm = ops::norm(context_, g) / scale;
    if (finite && std::isfinite(norm)) {
      skipped_ = 0;
      if (!sum_->is_sparse() && optimizer_options_.clip_norm > 0)
        optim::clip(context_, g, optimizer_options_.clip_norm);
      optimizer_.step(lr, parameters_, g, sum_->lr_inside());
      std::ranges::copy(next_state_.span(), state_.span().begin());
    } else if (++skipped_ > train_.skip_nonfinite) {
      throw diverged(fmt::format("step {}", step_));
    }
    end_step();
    samples_ += static_cast<int64_t>(total.rows());
    report(total, lr, norm);
    if (skipped_ > 0) figures_.set(skipped_steps_, static_cast<double>(skipped_));
    sum_->report(figures_);
  }

  Facts facts() const override {
    Facts facts = EpochLearner::facts();
    if (use_ == Environment::Use::evaluate) return facts;
    add_exchange(facts, config_, exchange_.link(), ranks_, parameters_.size(),
                 sampler_->steps_until({}, train_.epochs));
    return facts;
  }

 private:
  // Does a step without a label.
  void pass(Votes& votes) {
    leave_batches();
    votes.agree(exchange_);
    end_step();
    figures_.clear();
  }

  std::optional<GradientExchange> sum_;
  int64_t skipped_ = 0;  // steps in a row that were not finite
};

void check_data_parallel(const Config& config, const config::Checks& checks) {
  check_network(config, checks);
  check_exchange(config, checks);
}

}  // namespace

Method data_parallel() {
  return {.name = "data_parallel",
          .help =
              "every rank computes on its own batches, gradients are summed, and all take the "
              "same step",
          .make_options = nullptr,
          .sections = network_sections(),
          .check = check_data_parallel,
          .make = make_learner<DataParallel>};
}

}  // namespace laconic
