#include "apps/laconic/learn/network_learner.hpp"

#include <algorithm>
#include <cmath>

#include "apps/laconic/learn/network_facts.hpp"
#include "apps/laconic/learn/network_state.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

std::string implementation_of(const Config& config) {
  return config.get<ComputeOptions>().implementation == Implementation::ref ? "ref" : "";
}

NetworkLearner::NetworkLearner(const Environment& environment)
    : config_(environment.config),
      context_(environment.context),
      exchange_(environment.exchange),
      timer_(environment.timer),
      use_(environment.use),
      ranks_(environment.ranks),
      task_(make_task(config_, context_, exchange_, use_, environment.trained)),
      parameters_(task_->network().parameter_count),
      state_(task_->network().state_count),
      next_state_(state_.size()),
      evaluated_state_(state_.size()) {
  task_->declare(figures_, scores_);
}

void NetworkLearner::visit_state(StateList& state) {
  state.add("parameters", parameters_);
  visit_network_state(state, task_->network(), state_, /*is_agreed=*/false);
}

void NetworkLearner::visit_best(StateList& state) {
  state.add("parameters", parameters_);
  visit_network_state(state, task_->network(), evaluated_state_, /*is_agreed=*/true);
}

void NetworkLearner::begin(bool resumed) {
  allocate_state(task_->network(), state_);
  next_state_.allocate();
  evaluated_state_.allocate();
  if (resumed) return;
  parameters_.allocate();
  together(exchange_, [&] { initialise(); });
}

double NetworkLearner::scheduled_lr(int64_t step, int64_t steps) const {
  return config_.get<OptimizerOptions>().optimizer.lr *
         optim::schedule(config_.get<ScheduleOptions>().schedule, step, sampler_->steps_per_epoch(),
                         steps);
}

Period NetworkLearner::epoch_at(EpochPosition position) const {
  const auto done = static_cast<double>(position.groups_done);
  return {.name = "epoch",
          .number = position.epoch,
          .ended = position.groups_done == 0,
          .progress =
              static_cast<double>(position.epoch) + done / static_cast<double>(sampler_->groups()),
          .total = static_cast<double>(config_.get<TrainOptions>().epochs)};
}

void NetworkLearner::initialise() {
  graph::initialise(task_->network(), context_.seed, parameters_);
  const std::string& from = config_.get<models::ModelOptions>().init_from;
  if (from.empty()) return;
  StateList list;
  list.add("parameters", parameters_);
  visit_network_state(list, task_->network(), state_, /*is_agreed=*/true);
  for (const std::string& name : read_named(real_files(), from, list).missing)
    if (name != "parameters")
      fail(ExitCode::config,
           "model.init_from: {}: has no {}, the running statistics of this network; allowed: a "
           "checkpoint of a network with model.norm: batch and the same model.norm_statistics",
           from, name);
}

// Takes the batches with which epoch 0 begins, so every evaluation sees the same ones.
void NetworkLearner::recalibrate() {
  if (!sampler_ || !oracle_) return;
  int64_t taken = 0;
  for (int64_t b = 0; b < config_.get<TrainOptions>().recalibrate; ++b) {
    const std::span<const int32_t> units = sampler_->group({}, b, exchange_.rank());
    if (units.empty()) break;
    taken += oracle_->recalibrate(parameters_, units, taken, evaluated_state_);
  }
}

void NetworkLearner::renew_evaluated_state() {
  if (use_ == Environment::Use::evaluate || state_.size() == 0) return;  // it was read, or is empty
  std::ranges::copy(state_.span(), evaluated_state_.span().begin());
  patiently(exchange_, [&] { recalibrate(); });
  agree_on_state(exchange_, task_->network(), evaluated_state_);
}

void NetworkLearner::evaluate() {
  renew_evaluated_state();
  patiently(exchange_, [&] {
    if (exchange_.rank() == 0) task_->evaluate({parameters_, evaluated_state_}, scores_);
  });
  std::vector<double> values(scores_.values().begin(), scores_.values().end());
  exchange_.broadcast(std::as_writable_bytes(std::span(values)), 0);
  scores_.clear();
  for (size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) scores_.set(i, values[i]);
}

std::string NetworkLearner::predict(const std::string& path) {
  return fmt::format("{}: {} rows", path, task_->predict({parameters_, evaluated_state_}, path));
}

std::string NetworkLearner::monitor_warning() const {
  const MonitorOptions& options = config_.get<MonitorOptions>();
  std::string name = options.monitor == "auto" ? task_->default_monitor() : options.monitor;
  if (!scores_.find(name)) name = "val/" + name;
  const std::string why = task_->why_undefined(name);
  if (why.empty()) return "";
  return fmt::format(
      "train.monitor: {} is never defined here: {}; the newest network counts as the "
      "best one{}",
      name, why, options.patience > 0 ? ", and train.patience ends no run" : "");
}

nlohmann::json NetworkLearner::attributes() const {
  nlohmann::json all = {{"graph", task_->network().to_json()}};
  if (nlohmann::json inputs = task_->inputs(); !inputs.is_null()) all["inputs"] = std::move(inputs);
  return all;
}

Facts NetworkLearner::facts() const {
  Facts facts;
  facts.problem = task_->name();
  facts.parameters = facts.dense_elements = parameters_.size();
  facts.predicts = true;
  facts.data = task_->content();
  facts.notes = task_->notes();
  facts.warnings = task_->warnings();
  if (use_ == Environment::Use::evaluate) return facts;
  if (std::string warning = monitor_warning(); !warning.empty())
    facts.warnings.push_back(std::move(warning));
  if (config_.get<TrainOptions>().recalibrate > 0 && state_.size() == 0)
    facts.warnings.push_back(
        "train.recalibrate: the network has no running statistics; they come with model.norm: "
        "batch");
  facts.baselines = task_->baselines();
  facts.lines = task_->facts();
  describe_network(*task_, context_, implementation_of(config_), facts);
  return facts;
}

}  // namespace laconic
