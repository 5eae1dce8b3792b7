#include "apps/laconic/learn/site_learner.hpp"

#include "apps/laconic/learn/network_state.hpp"
#include "apps/laconic/learn/site_facts.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "framework/base/error.hpp"

namespace laconic {

SiteLearner::SiteLearner(const Environment& environment, const Settings& settings)
    : NetworkLearner(environment),
      environment_(environment),
      settings_(settings),
      recalibrates_(state_.size() > 0 && !settings.evaluates_by_batch) {
  if (!recalibrates_) evaluated_state_ = {};
  if (use_ == Environment::Use::evaluate) return;
  measurements_ = figures_.size();
  lr_ = figures_.declare({"lr", "", Better::neither});
  skipped_steps_ = figures_.declare({"skipped", "steps", Better::neither});
  together(exchange_, [&] {
    check_statistics(task_->network(), config_, recalibrates_);
    divide(settings_.sites.count > 0 ? settings_.sites.count : ranks_);
  });
}

void SiteLearner::divide(int64_t sites) {
  SiteSettings settings = settings_.sites;
  settings.count = sites;
  sites_.emplace(environment_, *task_, settings);
  sampler_.emplace(task_->batches(), context_.seed, static_cast<int>(sites),
                   config_.get<TrainOptions>().accumulate);
}

// A run goes on with as many sites, on as many ranks or fewer.
void SiteLearner::prepare(const nlohmann::json& attributes) {
  if (use_ == Environment::Use::evaluate) return;
  const int64_t sites = attributes.at("sites");
  if (sites < ranks_)
    fail(ExitCode::config, "the run has {} sites, fewer than the {} ranks; start {} of them", sites,
         ranks_, sites);
  divide(sites);
}

nlohmann::json SiteLearner::attributes() const {
  nlohmann::json all = NetworkLearner::attributes();
  if (sites_) all["sites"] = sites_->hosted().sites;
  return all;
}

void SiteLearner::visit_state(StateList& state) {
  visit_best(state);
  sites_->visit_state(state);
  position_.visit_state(state);
  state.add_value("method/step", step_);
  state.add_value("method/samples", samples_);
}

// Lists the network at rank 0. Other ranks have no copy, so it is keyed.
void SiteLearner::visit_best(StateList& state) {
  if (!is_root()) return;
  StateList network;
  network.add("parameters", parameters_);
  if (recalibrates_)
    visit_network_state(network, task_->network(), evaluated_state_, /*is_agreed=*/true);
  for (StateEntry entry : network.entries()) {
    entry.placement = Placement::keyed;
    state.add(std::move(entry));
  }
}

void SiteLearner::begin(bool resumed) {
  steps_ = step_ + sampler_->steps_until(position_, config_.get<TrainOptions>().epochs);
  sites_->begin(*sampler_, position_, steps_ - step_);
  sites_->deal(round());
  if (is_root()) parameters_.allocate();
  if (recalibrates_ && is_root()) {
    allocate_state(task_->network(), evaluated_state_);
    oracle_.emplace(*task_, context_, timer_, implementation_of(config_));
  }
  assembled_ = step_;
  if (resumed) return;
  together(exchange_, [&] {
    if (is_root()) initialise();
  });
  sites_->scatter(network());
}

// Statistics of subnets do not fit the network, whose units have other inputs.
void SiteLearner::renew_evaluated_state() {
  if (use_ == Environment::Use::evaluate || assembled_ == step_) return;
  assembled_ = step_;
  sites_->assemble(network(), is_during_round());
  patiently(exchange_, [&] {
    if (recalibrates_ && is_root()) recalibrate();
  });
}

void SiteLearner::train(double lr) {
  sites_->step(lr, *sampler_, position_);
  ++step_;
  sampler_->advance(position_);
  figures_.clear();
}

void SiteLearner::report(Votes& votes, double lr) {
  bool diverged = false;
  BatchSums total = sites_->agree(votes, diverged);
  if (diverged)
    throw AgreedError(
        ExitCode::diverged,
        fmt::format("step {}: at a site the loss or its gradient is not finite; lower "
                    "optimizer.lr (now {}) or set optimizer.clip_norm",
                    step_, config_.get<OptimizerOptions>().optimizer.lr),
        is_root());
  samples_ += static_cast<int64_t>(total.rows());
  for (size_t i = 0; i < measurements_ && total.has_targets(); ++i) figures_.set(i, total.mean(i));
  figures_.set(lr_, lr);
  if (total.left_out() > 0) figures_.set(skipped_steps_, total.left_out());
}

Facts SiteLearner::facts() const {
  Facts facts = NetworkLearner::facts();
  if (sites_)
    describe_sites(*sites_, *task_, config_, context_, *sampler_, exchange_.link(), settings_.round,
                   recalibrates_, facts);
  return facts;
}

}  // namespace laconic
