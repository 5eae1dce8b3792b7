#include "apps/laconic/run/best.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

// Finds the score that train.monitor names: by its whole name, or without "val/" for validation.
size_t find_score(const Figures& scores, const std::string& name) {
  for (const std::string& candidate : {name, "val/" + name})
    if (const auto index = scores.find(candidate)) return *index;
  std::vector<std::string> names;
  for (const FigureSpec& spec : scores.specs()) names.push_back(spec.name);
  fail(ExitCode::config, "train.monitor: there is no score '{}'; allowed: auto, {}", name,
       fmt::join(names, ", "));
}

void place(nlohmann::json& metrics, const std::string& name, double value) {
  nlohmann::json* at = &metrics;
  size_t start = 0;
  for (size_t end; (end = name.find('/', start)) != std::string::npos; start = end + 1)
    at = &(*at)[name.substr(start, end - start)];
  (*at)[name.substr(start)] = value;
}

nlohmann::json nested(const std::vector<FigureSpec>& specs, std::span<const double> values) {
  nlohmann::json out = nlohmann::json::object();
  for (size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) place(out, specs[i].name, values[i]);
  return out;
}

}  // namespace

nlohmann::json nested(const Figures& figures) {
  return nested(figures.specs(), figures.values());
}

StateList best_entries(Learner& learner) {
  StateList mine, list;
  learner.visit_best(mine);
  list.add_under("best", mine);
  return list;
}

Best::Best(const MonitorOptions& options, Learner& learner)
    : learner_(learner), patience_(options.patience) {
  const Figures& scores = learner.scores();
  figures_.assign(scores.size(), std::numeric_limits<double>::quiet_NaN());
  last_figures_ = figures_;
  const std::string name = options.monitor == "auto" ? learner.default_monitor() : options.monitor;
  if (!name.empty()) {
    monitor_ = find_score(scores, name);
    has_monitor_ = true;
    if (scores.specs()[monitor_].better == Better::lower) sign_ = -1;
  }
  const StateList entries = best_entries(learner);
  for (const StateEntry& entry : entries.entries()) copies_.push_back({entry, {}});
}

void Best::visit_state(StateList& state) {
  for (Copy& copy : copies_) {
    StateEntry entry = copy.of;
    if (!copy.bytes.empty()) entry.count = std::ssize(copy.bytes) / element_size(entry.type);
    entry.memory = [&copy] { return std::span(copy.bytes); };
    entry.make = [&copy](int64_t count) {
      copy.bytes.resize(static_cast<size_t>(count * element_size(copy.of.type)));
      return std::span(copy.bytes);
    };
    state.add(std::move(entry));
  }
  state.add_value("best/evaluations", evaluations_);
  state.add_value("best/step", step_);
  state.add_value("best/since", since_);
  state.add_value("best/value", value_);
  state.add("best/figures", std::span(figures_));
  state.add("best/last_figures", std::span(last_figures_));
}

void Best::begin() {
  for (Copy& copy : copies_)
    if (copy.bytes.empty()) copy.bytes.resize(static_cast<size_t>(copy.of.bytes()));
}

void Best::take() {
  std::ranges::copy(learner_.scores().values(), last_figures_.begin());
  ++evaluations_;
  last_step_ = learner_.step();
  const double value = has_monitor_ ? sign_ * last_figures_[monitor_] : 0;
  const bool is_better = !has_monitor_ || step_ < 0 || std::isnan(value_) || value > value_;
  if (!is_better) {
    ++since_;
    return;
  }
  value_ = value;
  step_ = learner_.step();
  since_ = 0;
  figures_ = last_figures_;
  const StateList now = best_entries(learner_);
  for (size_t i = 0; i < copies_.size(); ++i) {
    const std::span<const std::byte> bytes = now.entries()[i].memory();
    copies_[i].bytes.assign(bytes.begin(), bytes.end());
  }
}

FigureSpec Best::monitor() const {
  return has_monitor_ ? learner_.scores().specs()[monitor_] : FigureSpec{"", "", Better::neither};
}

double Best::score() const {
  return has_monitor_ ? last_figures_[monitor_] : std::numeric_limits<double>::quiet_NaN();
}

void Best::restore(const nlohmann::json& attributes) {
  last_step_ = attributes.value("evaluated", int64_t{-1});
}

nlohmann::json Best::description() const {
  std::vector<FigureSpec> all = learner_.figures().specs();
  const std::vector<FigureSpec>& scores = learner_.scores().specs();
  all.insert(all.end(), scores.begin(), scores.end());
  nlohmann::json out = {{"figures", figures_json(all)}};
  if (!has_monitor_) return out;
  out["monitor"] = scores[monitor_].name;
  out["better"] = better_name(scores[monitor_].better);
  return out;
}

nlohmann::json Best::metrics() const {
  const std::vector<FigureSpec>& specs = learner_.scores().specs();
  nlohmann::json out = nested(specs, figures_);
  out["last"] = nested(specs, last_figures_);
  out["best_step"] = step_;
  return out;
}

}  // namespace laconic
