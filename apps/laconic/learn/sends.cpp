#include "apps/laconic/learn/sends.hpp"

#include <fmt/format.h>

#include "apps/laconic/learn/options.hpp"
#include "comm/gradient/plan.hpp"
#include "comm/gradient/shares.hpp"

namespace laconic {
namespace {

// Returns whether some bucket is summed sparsely when the density no longer falls.
bool sends_pairs(const comm::GradientPlan& plan, const std::vector<int64_t>& lengths) {
  if (!plan.is_sparse()) return false;
  std::vector<int64_t> ks(lengths.size());
  comm::BucketShares(lengths).cut(plan.steady_pairs(), ks);
  for (size_t b = 0; b < lengths.size(); ++b)
    if (!plan.is_dense(lengths[b], ks[b])) return true;
  return false;
}

}  // namespace

void add_sends(Facts& facts, const Config& config, const comm::Link& link, int ranks,
               int64_t elements, int64_t steps, const char* unit) {
  constexpr int64_t enough_steps = 50, fewest_steps = 20;
  const comm::AllreduceChoice& allreduce = config.comm().allreduce;
  const auto& options = config.get<comm::GradientOptions>();
  const comm::GradientPlan plan(allreduce, options.density, link, ranks, elements, steps);
  if (steps == 0 ||
      !sends_pairs(plan, comm::lengths_of(comm::bucket_ends(elements, options.bucket_mb))))
    return;
  const comm::DensitySchedule& density = plan.density();
  const std::string falls =
      density.warmup_steps() > 0
          ? fmt::format("falls from {:.3g} to {} over {} {}s (comm.density_warmup_steps)",
                        density.start(), options.density.density, density.warmup_steps(), unit)
          : fmt::format("is {}", options.density.density);
  facts.notes.push_back(
      fmt::format("{}: each element of the gradient can be sent {:.1f} times in {} {}s, on "
                  "average; the density {}",
                  allreduce.name(), density.sends(steps), steps, unit, falls));
  if (steps < fewest_steps)
    facts.warnings.push_back(
        fmt::format("{} {}s are too few for comm.allreduce: {}: use comm.allreduce=dense, or "
                    "train for {} {}s or more",
                    steps, unit, allreduce.name(), enough_steps, unit));
  else if (steps < enough_steps)
    facts.warnings.push_back(
        fmt::format("comm.allreduce: {} may cost accuracy in {} {}s: train for {} {}s or more, or "
                    "use comm.allreduce=dense",
                    allreduce.name(), steps, unit, enough_steps, unit));
}

}  // namespace laconic
