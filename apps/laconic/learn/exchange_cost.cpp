#include "apps/laconic/learn/exchange_cost.hpp"

#include <algorithm>

#include "apps/laconic/learn/options.hpp"
#include "comm/gradient/plan.hpp"
#include "comm/gradient/shares.hpp"

namespace laconic {
namespace {

PeriodCost step_cost(const comm::GradientPlan& plan, const std::vector<int64_t>& lengths,
                     int64_t pairs) {
  std::vector<int64_t> ks(lengths.size());
  if (plan.is_sparse()) comm::BucketShares(lengths).cut(pairs, ks);
  PeriodCost cost;
  for (size_t b = 0; b < lengths.size(); ++b) {
    cost.bytes += plan.bytes(lengths[b], ks[b]);
    cost.exchange_s += plan.seconds(lengths[b], ks[b]);
  }
  return cost;
}

}  // namespace

PeriodCost exchange_cost(const Config& config, const comm::Link& link, int ranks, int64_t elements,
                         int64_t steps) {
  constexpr int64_t most_stretches = 64;  // of the steps in which the density falls
  const auto epochs = static_cast<double>(config.get<TrainOptions>().epochs);
  if (ranks == 1 || steps == 0 || epochs == 0) return {};
  const auto& options = config.get<comm::GradientOptions>();
  const comm::AllreduceChoice& allreduce = config.comm().allreduce;
  const comm::GradientPlan plan(allreduce, options.density, link, ranks, elements, steps);
  const std::vector<int64_t> lengths =
      comm::lengths_of(comm::bucket_ends(elements, options.bucket_mb));
  PeriodCost all;
  const auto add = [&](const PeriodCost& step, double times) {
    all.bytes += times * step.bytes;
    all.exchange_s += times * step.exchange_s;
  };
  const int64_t falling = std::min(steps, plan.density().steps_until_steady());
  const int64_t stretches = plan.is_sparse() ? std::min(falling, most_stretches) : 0;
  for (int64_t i = 0; i < stretches; ++i) {
    const int64_t begin = falling * i / stretches, end = falling * (i + 1) / stretches;
    add(step_cost(plan, lengths, plan.pairs((begin + end) / 2)), static_cast<double>(end - begin));
  }
  add(step_cost(plan, lengths, plan.steady_pairs()),
      static_cast<double>(steps - (stretches > 0 ? falling : 0)));
  if (plan.is_sparse() && options.xi_every > 0) {
    comm::AllreduceChoice dense = allreduce;
    dense.select("dense");
    const comm::GradientPlan whole(dense, options.density, link, ranks, elements, steps);
    add(step_cost(whole, {elements}, elements),
        2.0 * static_cast<double>(steps / options.xi_every));
  }
  return {all.bytes / epochs, all.exchange_s / epochs};
}

}  // namespace laconic
