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

#include "apps/laconic/learn/batch_stream.hpp"
#include "apps/laconic/learn/exchange_facts.hpp"
#include "apps/laconic/learn/gradient_exchange.hpp"
#include "apps/laconic/learn/network_learner.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "framework/config/checks.hpp"
#include "framework/ops/update/update.hpp"
#include "framework/optim/graph_parameters.hpp"

namespace laconic {
namespace {

class DataParallel final : public NetworkLearner {
 public:
  explicit DataParallel(const Environment& environment)
      : NetworkLearner(environment),
        train_(config_.get<TrainOptions>()),
        optimizer_options_(config_.get<OptimizerOptions>().optimizer),
        update_(timer_.declare("update", PhaseKind::work)),
        gradients_(parameters_.size()),
        optimizer_(context_, behind_exchange(config_), optim::parameters_of(task_->network()),
                   parameters_.size()) {
    if (use_ == Environment::Use::evaluate) return;
    sampler_.emplace(task_->batches(), context_.seed, ranks_, train_.accumulate);
    measurements_ = figures_.size();
    lr_ = figures_.declare({"lr", "", Better::neither});
    norm_ = figures_.declare({"gradient_norm", "", Better::neither});
    skips_ = figures_.declare({"skipped", "steps", Better::neither});
    sum_.emplace(environment, parameters_.size(), figures_);
  }

  void visit_state(StateList& state) override {
    NetworkLearner::visit_state(state);
    optimizer_.visit_state(state);
    sum_->visit_state(state);
    position_.visit_state(state);
    state.add_value("method/step", step_);
    state.add_value("method/samples", samples_);
    state.add_value("method/skipped", skipped_);
  }

  void begin(bool resumed) override {
    NetworkLearner::begin(resumed);
    gradients_.allocate();
    optimizer_.allocate();
    steps_ = step_ + sampler_->steps_until(position_, train_.epochs);
    sum_->allocate(steps_);
    oracle_.emplace(*task_, context_, timer_, implementation_of(config_));
    batches_.emplace(task_->batches(), *sampler_, position_, steps_ - step_, train_.accumulate,
                     exchange_.rank(), timer_);
  }

  void advance(Votes& votes) override {
    const double lr = learning_rate(), scale = sum_->scale(lr);
    const int64_t labels = sampler_->labels(position_);  // the same on every rank
    if (labels == 0) return pass(votes);
    const auto weight = static_cast<float>(scale / static_cast<double>(labels));
    const std::span<float> g = gradients_;
    std::ranges::fill(g, 0.0f);
    std::ranges::copy(state_.span(), next_state_.span().begin());
    BatchSums total;
    sum_->begin(step_, lr);
    // A limit on the norm of the whole gradient needs all of it.
    const double limit = sum_->local_limit(lr);
    const auto leave = [&](int64_t end) { sum_->ready(g, end); };
    for (int64_t a = 0; a < train_.accumulate; ++a) {
      const bool leaves = limit == 0 && a + 1 == train_.accumulate;
      oracle_->gradient({parameters_, state_, next_state_}, batches_->next(), weight, g, total,
                        leaves ? NetworkOracle::OnFinal(std::ref(leave)) : nullptr);
    }
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
    } else {
      skip();
    }
    ++step_;
    sampler_->advance(position_);
    samples_ += static_cast<int64_t>(total.rows());
    report(total, lr, norm);
  }

  int64_t step() const override { return step_; }
  int64_t steps() const override { return steps_; }
  int64_t samples() const override { return samples_; }
  Period period() const override {
    const auto done = static_cast<double>(position_.groups_done);
    return {.name = "epoch",
            .number = position_.epoch,
            .ended = position_.groups_done == 0,
            .progress = static_cast<double>(position_.epoch) +
                        done / static_cast<double>(sampler_->groups()),
            .total = static_cast<double>(train_.epochs)};
  }

  Facts facts() const override {
    Facts facts = NetworkLearner::facts();
    if (use_ == Environment::Use::evaluate) return facts;
    facts.lines.emplace_back("steps per epoch",
                             fmt::format("{} ({} ranks x {} batches per update; {} ranks idle in "
                                         "the last)",
                                         sampler_->steps_per_epoch(), ranks_, train_.accumulate,
                                         sampler_->idle_in_last()));
    std::ranges::move(sampler_->warnings(), std::back_inserter(facts.warnings));
    add_exchange(facts, config_, exchange_.link(), ranks_, parameters_.size(),
                 sampler_->steps_until({}, train_.epochs));
    facts.events_per_unit += 3 * train_.accumulate + number_of_buckets(config_, parameters_.size());
    return facts;
  }

 private:
  // Does a step without a label.
  void pass(Votes& votes) {
    for (int64_t a = 0; a < train_.accumulate; ++a) batches_->next();
    votes.agree(exchange_);
    ++step_;
    sampler_->advance(position_);
    figures_.clear();
  }

  double learning_rate() const {
    return optimizer_options_.lr * optim::schedule(config_.get<ScheduleOptions>().schedule, step_,
                                                   sampler_->steps_per_epoch(), steps_);
  }

  void skip() {
    if (++skipped_ <= train_.skip_nonfinite) return;
    throw AgreedError(ExitCode::diverged,
                      fmt::format("step {}: the loss or its gradient is not finite; lower "
                                  "optimizer.lr (now {}) or set optimizer.clip_norm",
                                  step_, optimizer_options_.lr),
                      exchange_.rank() == 0);
  }

  void report(const BatchSums& total, double lr, double norm) {
    figures_.clear();
    for (size_t i = 0; i < measurements_; ++i) figures_.set(i, total.mean(i));
    figures_.set(lr_, lr);
    figures_.set(norm_, norm);
    if (skipped_ > 0) figures_.set(skips_, static_cast<double>(skipped_));
    sum_->report(figures_);
  }

  const TrainOptions& train_;
  const optim::OptimizerOptions& optimizer_options_;
  const Phase update_;
  device::Buffer<float> gradients_;
  optim::Optimizer optimizer_;
  std::optional<GradientExchange> sum_;
  std::optional<BatchStream> batches_;
  EpochPosition position_;
  int64_t step_ = 0, steps_ = 0, samples_ = 0;
  int64_t skipped_ = 0;                                      // steps in a row that were not finite
  size_t measurements_ = 0, lr_ = 0, norm_ = 0, skips_ = 0;  // figures
};

void check(const Config& config, const config::Checks& checks) {
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
          .check = check,
          .make = make_learner<DataParallel>};
}

}  // namespace laconic
