#include "apps/laconic/learn/site.hpp"

#include <algorithm>
#include <cmath>

#include "apps/laconic/learn/network_learner.hpp"
#include "framework/graph/subnet.hpp"
#include "framework/ops/update/update.hpp"
#include "framework/optim/graph_parameters.hpp"

namespace laconic {
namespace {

// A matrix stays one for the optimizer where a site has a single row of it.
std::vector<optim::Parameter> subnet_parameters(const graph::Graph& subnet,
                                                const graph::Graph& whole) {
  std::vector<optim::Parameter> all = optim::parameters_of(subnet);
  for (size_t p = 0; p < all.size(); ++p) all[p].matrix = whole.parameters[p].spec.rows > 1;
  return all;
}

}  // namespace

Site::Site(const Config& config, const Context& context, const Task& task,
           const graph::SlicePlan& plan, int number, bool moments_travel)
    : config_(config),
      context_(context),
      task_(task),
      number_(number),
      clip_norm_(config.get<OptimizerOptions>().optimizer.clip_norm),
      network_(graph::subnet(task.network(), plan.counts(number))),
      parameters_(network_.parameter_count),
      gradients_(network_.parameter_count),
      optimizer_(context, config.get<OptimizerOptions>().optimizer,
                 subnet_parameters(network_, task.network()), network_.parameter_count) {
  const size_t arrays = 1 + (moments_travel ? optimizer_.moments().size() : 0);
  for (size_t k = 0; k < arrays; ++k)
    home_.emplace_back(plan.elements(graph::Division::homes, number));
}

void Site::visit_state(StateList& state) {
  StateList mine;
  for (size_t k = 0; k < home_.size(); ++k)
    mine.add(k == 0 ? "home/parameters" : fmt::format("home/moment{}", k), home_[k]);
  mine.add("parameters", parameters_);
  optimizer_.visit_state(mine);
  mine.add("sums", sums_.values());
  mine.add_value("skipped", skipped_);
  mine.add_value("diverged", diverged_);
  state.add_keyed("site", number_, mine);
}

void Site::begin(PhaseTimer& timer, const EpochSampler& sampler, EpochPosition position,
                 int64_t steps) {
  for (device::Buffer<float>& array : home_) array.allocate();
  parameters_.allocate();
  gradients_.allocate();
  optimizer_.allocate();
  oracle_.emplace(task_, network_, context_, timer, implementation_of(config_));
  batches_.emplace(task_.batches(), sampler, position, steps,
                   config_.get<TrainOptions>().accumulate, number_, timer);
}

void Site::step(double lr, int64_t labels) {
  const int64_t accumulate = config_.get<TrainOptions>().accumulate;
  if (labels == 0) {
    for (int64_t a = 0; a < accumulate; ++a) batches_->next();
    return;
  }
  const auto weight = static_cast<float>(1 / static_cast<double>(labels));
  const std::span<float> g = gradients_;
  std::ranges::fill(g, 0.0f);
  BatchSums total;
  for (int64_t a = 0; a < accumulate; ++a)
    oracle_->gradient({parameters_, oracle_->state()}, batches_->next(), weight, g, total);
  const auto is_finite = [](double value) { return std::isfinite(value); };
  if (!is_finite(ops::norm(context_, g)) || !std::ranges::all_of(total.values(), is_finite)) {
    sums_.left_out() += 1;
    if (++skipped_ > config_.get<TrainOptions>().skip_nonfinite) diverged_ = 1;
    return;
  }
  skipped_ = 0;
  if (clip_norm_ > 0) optim::clip(context_, g, clip_norm_);
  optimizer_.step(lr, parameters_, g);
  for (size_t i = 0; i < sums_.values().size(); ++i) sums_.values()[i] += total.values()[i];
}

std::vector<std::span<float>> Site::subnet() {
  std::vector<std::span<float>> arrays = optimizer_.moments();
  arrays.insert(arrays.begin(), parameters_.span());
  arrays.resize(home_.size());
  return arrays;
}

std::vector<std::span<float>> Site::home() {
  std::vector<std::span<float>> arrays;
  for (device::Buffer<float>& array : home_) arrays.push_back(array);
  return arrays;
}

}  // namespace laconic
