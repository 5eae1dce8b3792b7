// Local steps: R ranks train apart for H steps, then all go on from one point. Plain averaging (η = 1,
// μ = 0) is FedAvg (McMahan et al., AISTATS 2017) and local SGD (Stich, ICLR 2019); Adam inside and
// Nesterov outside is DiLoCo (Douillard et al., arXiv 2311.08105). A round:
//
//   w_r <- θ;  H times:  w_r <- w_r - inner update(lr, dL(B_r)/dw / n_r)     on each rank r
//   g   =  sum over ranks r of  (θ - w_r) / R                               the outer gradient
//   v   <- μ v + g;      θ  <- θ - η (nesterov ? g + μ v : v)               on all ranks
//
// B_r are the batches of rank r, and n_r is their number of labels; with n_r = 0 rank r leaves out
// the step. The sum of g is the only exchange, by any allreduce; a sparse one keeps on each rank the
// differences that were not delivered. Where the outer step is plain averaging and g is summed
// densely, θ becomes the sum of w_r / R. This is the same without the rounding of θ - (θ - w), so
// one rank has the bits of data_parallel.
//
// The inner optimizer and the untrained state belong to the rank and are never exchanged. Evaluations
// see θ, so what the last sum left. A unit is a local step, and a checkpoint may follow any of them.
// On another number of ranks all go on from the mean of the w_r and of the inner moments, so the
// steps of the round under way count. A round ends early where the run does.
#include <cmath>
#include <limits>

#include "apps/laconic/learn/apart.hpp"
#include "apps/laconic/learn/epoch_learner.hpp"
#include "apps/laconic/learn/exchange_facts.hpp"
#include "apps/laconic/learn/gradient_exchange.hpp"
#include "apps/laconic/learn/network_state.hpp"
#include "apps/laconic/learn/outer_options.hpp"
#include "framework/config/checks.hpp"
#include "framework/ops/update/update.hpp"
#include "framework/optim/graph_parameters.hpp"

namespace laconic {
namespace {

struct LocalStepsOptions : config::Options {
  int64_t steps = 30;
  OuterOptions outer;

  void describe(config::Fields& f) override {
    f.integer("steps", steps,
              {.min = 1,
               .max = config::most_steps,
               .help = "steps that each rank takes by itself between two sums",
               .unit = "steps"})
        .also_called({"local_steps", "inner_steps", "sync_every"});
    f.group("outer", outer, "the step of all ranks, with the mean of their differences");
  }
};

class LocalSteps final : public EpochLearner {
 public:
  explicit LocalSteps(const Environment& environment)
      : EpochLearner(environment, environment.config.get<OptimizerOptions>().optimizer),
        options_(config_.get<LocalStepsOptions>()),
        local_(parameters_.size()),
        local_state_(state_.size()),
        outer_(context_, options_.outer.optimizer(), optim::parameters_of(task_->network()),
               parameters_.size()) {
    if (use_ != Environment::Use::evaluate) sum_.emplace(environment, parameters_.size(), figures_);
  }

  void visit_state(StateList& state) override {
    StateList mine, outer;
    mine.add("parameters", local_);
    visit_network_state(mine, task_->network(), local_state_, /*is_agreed=*/false);
    optimizer_.visit_state(mine);
    mine.add_value("skipped", skipped_);
    outer_.visit_state(outer);
    NetworkLearner::visit_state(state);
    state.add_under("local", apart(mine));
    state.add_under("outer", outer);
    sum_->visit_state(state);
    visit_progress(state);
    state.add_value("method/rounds", rounds_);
    state.add_value("method/round_steps", round_steps_);
    state.add("method/round_sums", total_.values(), Placement::rank_sum);
  }

  void begin(bool resumed) override {
    EpochLearner::begin(resumed);
    outer_.allocate();
    sum_->allocate(rounds_ + rounds_in(round_steps_ + steps_ - step_));
    allocate_state(task_->network(), local_state_);
    if (resumed) return;
    local_.allocate();
    std::ranges::copy(parameters_.span(), local_.span().begin());
    std::ranges::copy(state_.span(), local_state_.span().begin());
  }

  void advance(Votes& votes) override {
    const double lr = learning_rate();
    local_step(lr);
    end_step();
    figures_.clear();
    figures_.set(lr_, lr);
    if (++round_steps_ == options_.steps || step_ == steps_) end_round(votes, lr);
  }

  Facts facts() const override {
    Facts facts = EpochLearner::facts();
    if (use_ == Environment::Use::evaluate) return facts;
    const int64_t rounds = rounds_in(sampler_->steps_until({}, train_.epochs));
    facts.lines.emplace_back(
        "rounds",
        fmt::format("{} of {} steps (method.steps); evaluations see what the last one left", rounds,
                    options_.steps));
    add_exchange(facts, config_, exchange_.link(), ranks_, parameters_.size(), rounds,
                 {.unit = "round", .no_overlap = "the last local step decides the difference"});
    return facts;
  }

 private:
  int64_t rounds_in(int64_t steps) const { return (steps + options_.steps - 1) / options_.steps; }

  void local_step(double lr) {
    const int64_t labels = sampler_->labels(position_, exchange_.rank());
    if (labels == 0) return leave_batches();
    BatchSums sums;
    compute_gradient({local_, local_state_, next_state_},
                     static_cast<float>(1 / static_cast<double>(labels)), sums);
    const auto timing = timer_.measure(update_);
    if (!sums.are_finite() || !std::isfinite(ops::norm(context_, gradients_))) return leave_out();
    skipped_ = 0;
    if (optimizer_options_.clip_norm > 0)
      optim::clip(context_, gradients_, optimizer_options_.clip_norm);
    optimizer_.step(lr, local_, gradients_);
    std::ranges::copy(next_state_.span(), local_state_.span().begin());
    total_.add(sums);
  }

  // Leaves out a step that is not finite. After too many in a row the sums of the round are not
  // finite either, so all ranks end the run together.
  void leave_out() {
    total_.left_out() += 1;
    if (++skipped_ > train_.skip_nonfinite)
      total_.measurement(0) = std::numeric_limits<double>::quiet_NaN();
  }

  void end_round(Votes& votes, double lr) {
    const std::span<float> theta = parameters_, w = local_, g = gradients_;
    const auto ranks = static_cast<float>(exchange_.size());
    const bool averages = options_.outer.is_averaging() && !sum_->is_sparse();
    for (size_t i = 0; i < g.size(); ++i) g[i] = (averages ? w[i] : theta[i] - w[i]) / ranks;
    sum_->begin(rounds_, options_.outer.lr);
    const bool finite = sum_->finish(g, total_, votes);
    const auto timing = timer_.measure(update_);
    if (averages)
      for (size_t i = 0; i < g.size(); ++i) w[i] = theta[i] - g[i];
    const double norm = ops::norm(context_, averages ? w : g);
    if (!finite || !std::isfinite(norm))
      throw diverged(fmt::format("the round of {} steps before step {}", round_steps_, step_));
    if (averages)
      std::ranges::copy(g, theta.begin());
    else
      outer_.step(options_.outer.lr, theta, g);
    std::ranges::copy(theta, w.begin());
    std::ranges::copy(local_state_.span(), state_.span().begin());
    samples_ += static_cast<int64_t>(total_.rows());
    report(total_, lr, norm);
    sum_->report(figures_);
    total_ = {};
    round_steps_ = 0;
    ++rounds_;
  }

  const LocalStepsOptions& options_;
  device::Buffer<float> local_, local_state_;  // w and the untrained state of this rank
  optim::Optimizer outer_;
  std::optional<GradientExchange> sum_;
  BatchSums total_;  // of this rank, in the round under way
  int64_t rounds_ = 0, round_steps_ = 0;
  int64_t skipped_ = 0;  // steps in a row of this rank that were not finite
};

void check_local_steps(const Config& config, const config::Checks& checks) {
  using ResidualLr = comm::FeedbackOptions::ResidualLr;
  check_network(config, checks);
  if (!config.comm().allreduce.entry().is_sparse()) return;
  const comm::FeedbackOptions& feedback = config.get<comm::GradientOptions>().feedback;
  constexpr const char* why =
      "needs method.kind: data_parallel; local_steps sums differences of parameters, and "
      "method.outer.lr and method.outer.momentum act behind the sum";
  if (feedback.residual_lr != ResidualLr::automatic) checks.refuse("comm.residual_lr", why);
  if (feedback.lr_correction) checks.refuse("comm.lr_correction", why);
  if (feedback.momentum_correction) checks.refuse("comm.momentum_correction", why);
}

}  // namespace

Method local_steps() {
  return {.name = "local_steps",
          .help = "ranks take steps apart, then the mean of their differences is a step of all",
          .make_options = config::make<LocalStepsOptions>,
          .sections = network_sections(),
          .check = check_local_steps,
          .make = make_learner<LocalSteps>,
          .also_called = {"local_sgd", "fedavg", "diloco"}};
}

}  // namespace laconic
