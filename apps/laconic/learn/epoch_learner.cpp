#include "apps/laconic/learn/epoch_learner.hpp"

#include "framework/optim/graph_parameters.hpp"

namespace laconic {

EpochLearner::EpochLearner(const Environment& environment, const optim::OptimizerOptions& optimizer)
    : NetworkLearner(environment),
      train_(config_.get<TrainOptions>()),
      optimizer_options_(config_.get<OptimizerOptions>().optimizer),
      update_(timer_.declare("update", PhaseKind::work)),
      hosted_{exchange_.rank(), ranks_, ranks_},
      gradients_(parameters_.size()),
      optimizer_(context_, optimizer, optim::parameters_of(task_->network()), parameters_.size()) {
  if (use_ == Environment::Use::evaluate) return;
  sampler_.emplace(task_->batches(), context_.seed, ranks_, train_.accumulate);
  measurements_ = figures_.size();
  lr_ = figures_.declare({"lr", "", Better::neither});
  norm_ = figures_.declare({"gradient_norm", "", Better::neither});
  skipped_steps_ = figures_.declare({"skipped", "steps", Better::neither});
}

void EpochLearner::host(int64_t workers) {
  has_workers_ = true;
  hosted_.sites = static_cast<int>(workers);
  sampler_.emplace(task_->batches(), context_.seed, hosted_.sites, train_.accumulate);
}

void EpochLearner::visit_progress(StateList& state) {
  position_.visit_state(state);
  state.add_value("method/step", step_);
  state.add_value("method/samples", samples_);
}

void EpochLearner::begin(bool resumed) {
  NetworkLearner::begin(resumed);
  gradients_.allocate();
  optimizer_.allocate();
  steps_ = step_ + sampler_->steps_until(position_, train_.epochs);
  oracle_.emplace(*task_, context_, timer_, implementation_of(config_));
  for (int worker = hosted_.rank; worker < hosted_.sites; worker += hosted_.ranks)
    batches_.push_back(std::make_unique<BatchStream>(
        task_->batches(), *sampler_, position_, steps_ - step_, train_.accumulate, worker, timer_));
}

void EpochLearner::compute_gradient(const graph::Point<float>& at, float weight, BatchSums& sums,
                                    const NetworkOracle::OnFinal& on_final) {
  const NetworkOracle::OnFinal nobody;
  const std::span<float> g = gradients_;
  std::ranges::fill(g, 0.0f);
  std::ranges::copy(at.state, at.next_state.begin());
  for (int64_t a = 0; a < train_.accumulate; ++a)
    oracle_->gradient(at, batches_.front()->next(), weight, g, sums,
                      a + 1 == train_.accumulate ? on_final : nobody);
}

void EpochLearner::leave_batches() {
  for (int64_t a = 0; a < train_.accumulate; ++a) batches_.front()->next();
}

void EpochLearner::end_step() {
  ++step_;
  sampler_->advance(position_);
}

void EpochLearner::report(BatchSums& total, double lr, double norm) {
  figures_.clear();
  for (size_t i = 0; i < measurements_ && total.has_targets(); ++i) figures_.set(i, total.mean(i));
  figures_.set(lr_, lr);
  figures_.set(norm_, norm);
  if (total.left_out() > 0) figures_.set(skipped_steps_, total.left_out());
}

AgreedError EpochLearner::diverged(const std::string& where) const {
  return {ExitCode::diverged,
          fmt::format("{}: the loss or its gradient is not finite; lower optimizer.lr (now {}) or "
                      "set optimizer.clip_norm",
                      where, optimizer_options_.lr),
          exchange_.rank() == 0};
}

Facts EpochLearner::facts() const {
  Facts facts = NetworkLearner::facts();
  if (use_ == Environment::Use::evaluate) return facts;
  const std::string who = has_workers_ ? "workers" : "ranks";
  facts.lines.emplace_back("steps per epoch",
                           fmt::format("{} ({} {} x {} batches per update; {} {} idle in the last)",
                                       sampler_->steps_per_epoch(), hosted_.sites, who,
                                       train_.accumulate, sampler_->idle_in_last(), who));
  std::ranges::move(sampler_->warnings(who), std::back_inserter(facts.warnings));
  facts.events_per_unit += 3 * train_.accumulate * hosted_.count(0);
  return facts;
}

}  // namespace laconic
