#include "apps/laconic/learn/sites.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

using graph::Division;

graph::SlicePlan divided(const graph::Graph& network, int64_t sites, int ranks) {
  if (sites < ranks)
    fail(ExitCode::config, "method.sites: value {}: fewer than the {} ranks; start {} of them",
         sites, ranks, sites);
  try {
    return {network, static_cast<int>(sites)};
  } catch (const Error& error) {
    fail(error.code(), "method.sites: value {}: {}", sites, error.what());
  }
}

}  // namespace

Sites::Sites(const Environment& environment, const Task& task, const SiteSettings& settings)
    : exchange_(environment.exchange),
      timer_(environment.timer),
      seed_(environment.context.seed),
      deal_(settings.deal),
      hosted_{exchange_.rank(), environment.ranks, static_cast<int>(settings.count)},
      plan_(divided(task.network(), settings.count, environment.ranks)),
      sums_(hosted_) {
  for (int s = hosted_.rank; s < hosted_.sites; s += hosted_.ranks)
    sites_.push_back(std::make_unique<Site>(environment.config, environment.context, task, plan_, s,
                                            settings.moments_travel));
}

void Sites::visit_state(StateList& state) {
  for (const auto& site : sites_) site->visit_state(state);
}

void Sites::begin(const EpochSampler& sampler, EpochPosition position, int64_t steps) {
  slices_.emplace(exchange_, plan_, hosted_, timer_);
  const auto arrays = [&](Division division) {
    return SliceArrays{division, 1, std::vector<std::vector<std::span<float>>>(hosted_.sites)};
  };
  whole_ = arrays(Division::whole);
  whole_.of_site[0].resize(1);
  homes_ = arrays(Division::homes);
  subnets_ = arrays(Division::sites);
  for (const auto& site : sites_) {
    site->begin(timer_, sampler, position, steps);
    homes_.of_site[site->number()] = site->home();
    subnets_.of_site[site->number()] = site->subnet();
    homes_.count = subnets_.count = site->arrays();
  }
}

void Sites::deal(int64_t round) {
  plan_.deal(seed_, round, deal_);
}

void Sites::scatter(std::span<float> network) {
  whole_.of_site[0][0] = network;
  slices_->move(whole_, homes_, "scatter");
}

void Sites::dispatch() {
  slices_->move(homes_, subnets_, "dispatch");
}

void Sites::gather() {
  slices_->move(subnets_, homes_, "gather");
}

void Sites::assemble(std::span<float> network, bool during_round) {
  whole_.of_site[0][0] = network;
  slices_->move(homes_, whole_, "evaluate");
  if (during_round) slices_->move(subnets_, whole_, "evaluate");
}

void Sites::step(double lr, EpochSampler& sampler, EpochPosition position) {
  for (const auto& site : sites_) site->step(lr, sampler.labels(position, site->number()));
}

void Sites::reset_optimizers() {
  for (const auto& site : sites_) site->reset_optimizer();
}

BatchSums Sites::agree(Votes& votes, bool& diverged) {
  for (const auto& site : sites_) {
    sums_.set(site->number(), site->sums(), site->has_diverged() ? 1 : 0);
    site->clear_sums();
  }
  double diverged_sites = 0;
  const BatchSums total = sums_.agree(exchange_, votes, diverged_sites);
  diverged = diverged_sites > 0;
  return total;
}

}  // namespace laconic
