#include "apps/laconic/learn/exchange_facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/laconic/learn/exchange_cost.hpp"
#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/learn/sends.hpp"
#include "comm/dense/dense.hpp"
#include "comm/gradient/plan.hpp"
#include "comm/gradient/shares.hpp"
#include "framework/config/value.hpp"

namespace laconic {
namespace {

// The amounts that one step sends.
struct Step {
  std::vector<int64_t> lengths;  // of the buckets
  std::vector<int64_t> ks;       // at first; then by where the large numbers lay
  int64_t dense_buckets = 0;
  double bytes = 0;
};

Step steady_step(const comm::GradientPlan& plan, std::vector<int64_t> lengths) {
  Step step{std::move(lengths), {}};
  step.ks.resize(step.lengths.size());
  if (plan.is_sparse()) comm::BucketShares(step.lengths).cut(plan.steady_pairs(), step.ks);
  for (size_t b = 0; b < step.lengths.size(); ++b) {
    if (plan.is_sparse() && plan.is_dense(step.lengths[b], step.ks[b])) ++step.dense_buckets;
    step.bytes += plan.bytes(step.lengths[b], step.ks[b]);
  }
  return step;
}

// Returns the value of a key of the chosen allreduce; "" if it has no such key.
std::string value_of(comm::AllreduceChoice allreduce, const std::string& key) {
  config::Fields fields;
  if (allreduce.options() != nullptr) allreduce.options()->describe(fields);
  const auto field = std::ranges::find(fields.list(), key, &config::Field::name);
  return field == fields.list().end() ? "" : config::print_value(config::load(*field));
}

std::string allreduce_of(const comm::AllreduceChoice& allreduce, const comm::Link& link, int ranks,
                         int64_t length) {
  std::string how = value_of(allreduce, "mode");
  if (allreduce.name() == "dense" && ranks > 1) how = comm::choose_dense(link, length, ranks).name;
  if (!how.empty()) how = fmt::format(" ({})", how);
  return fmt::format("{}{}: {}", allreduce.name(), how, allreduce.entry().help);
}

std::string buckets_of(double bucket_mb, const std::vector<int64_t>& lengths) {
  if (lengths.size() == 1)
    return bucket_mb == 0
               ? "1: comm.bucket_mb is 0"
               : fmt::format("1: the gradient has no more than the {} MB of comm.bucket_mb",
                             bucket_mb);
  return fmt::format("{} of {:.2f} MB each, the fewest of at most {} MB (comm.bucket_mb)",
                     lengths.size(), 4e-6 * static_cast<double>(*std::ranges::max_element(lengths)),
                     bucket_mb);
}

std::string pairs_of(const comm::DensityOptions& options, const comm::GradientPlan& plan,
                     const Step& step, int64_t elements, const char* unit) {
  const auto [least, most] = std::ranges::minmax(step.ks);
  std::string text = fmt::format("{} of {} elements (comm.density {})", plan.steady_pairs(),
                                 elements, options.density);
  if (step.ks.size() > 1)
    text += fmt::format(
        "; a bucket: {} at first, then by where the large numbers lay in the {} before",
        least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most), unit);
  if (options.dense_steps > 0)
    text += fmt::format("; all in the first {} {}s", options.dense_steps, unit);
  if (plan.density().warmup_steps() > 0)
    text += fmt::format("; before, falling from density {:.3g} over {} {}s", plan.density().start(),
                        plan.density().warmup_steps(), unit);
  return text;
}

std::string dense_buckets_of(const comm::DensityOptions& options, const comm::GradientPlan& plan,
                             const Step& step) {
  const comm::BucketSeconds seconds = plan.predict(step.lengths[0], step.ks[0]);
  const std::string prediction =
      fmt::format("the first is predicted to take {:.2f} ms sparse and {:.2f} ms dense",
                  1e3 * seconds.sparse, 1e3 * seconds.dense);
  if (!options.auto_dense) return fmt::format("no bucket: comm.auto_dense is off; {}", prediction);
  return fmt::format("{} of {} buckets (comm.auto_dense): {}", step.dense_buckets,
                     step.lengths.size(), prediction);
}

std::string amount(double bytes) {
  return bytes < 1e5 ? fmt::format("{:.3g} kB", 1e-3 * bytes)
                     : fmt::format("{:.3g} MB", 1e-6 * bytes);
}

std::string bytes_of(const comm::AllreduceChoice& allreduce, const Step& step, const Step& densely,
                     const char* unit) {
  const std::string how =
      !allreduce.entry().counted ? "modelled"
      : allreduce.entry().is_sparse()
          ? fmt::format("{} indices, {} values, expected", value_of(allreduce, "index_codec"),
                        value_of(allreduce, "value_type"))
          : "exact";
  return fmt::format("{} sent a {} and rank ({}); dense: {}", amount(step.bytes), unit, how,
                     amount(densely.bytes));
}

}  // namespace

std::string why_no_overlap(const Config& config, int ranks, int64_t buckets) {
  if (ranks == 1) return "one rank has nothing to send";
  if (!config.comm().overlap) return "comm.overlap is off";
  const bool sparse = config.comm().allreduce.entry().is_sparse();
  if (sparse && config.get<OptimizerOptions>().optimizer.clip_norm > 0)
    return "optimizer.clip_norm limits the whole gradient before a sparse exchange";
  if (buckets < 2) return "the only bucket is full when backward ends (comm.bucket_mb)";
  return "";
}

Facts::Lines describe_exchange(const Config& config, const comm::Link& link, int ranks,
                               int64_t elements, int64_t steps, const SumTiming& timing) {
  const comm::AllreduceChoice& allreduce = config.comm().allreduce;
  const auto& options = config.get<comm::GradientOptions>();
  const std::vector<int64_t> lengths =
      comm::lengths_of(comm::bucket_ends(elements, options.bucket_mb));
  const comm::GradientPlan plan(allreduce, options.density, link, ranks, elements, steps);
  const Step step = steady_step(plan, lengths);
  comm::AllreduceChoice dense = allreduce;
  dense.select("dense");
  const Step densely = steady_step(
      comm::GradientPlan(dense, options.density, link, ranks, elements, steps), lengths);

  Facts::Lines facts = {{"exchange", allreduce_of(allreduce, link, ranks, lengths[0])},
                        {"buckets", buckets_of(options.bucket_mb, lengths)}};
  if (config.comm().slow_link.is_set())
    facts.emplace_back("link", fmt::format("{}: this run is slowed down to it (comm.link)",
                                           config.comm().slow_link.text()));
  if (plan.is_sparse()) {
    facts.emplace_back("pairs a rank",
                       pairs_of(options.density, plan, step, elements, timing.unit));
    facts.emplace_back("summed densely", dense_buckets_of(options.density, plan, step));
  }
  facts.emplace_back("on the wire", bytes_of(allreduce, step, densely, timing.unit));
  std::string why_not = why_no_overlap(config, ranks, std::ssize(lengths));
  if (ranks > 1 && *timing.no_overlap != '\0') why_not = timing.no_overlap;
  const std::string accumulation = config.get<TrainOptions>().accumulate > 1
                                       ? fmt::format(", in the last of the {} batches of an update",
                                                     config.get<TrainOptions>().accumulate)
                                       : "";
  facts.emplace_back("overlap", why_not.empty()
                                    ? "a bucket leaves when backward has finished it" + accumulation
                                    : "off: " + why_not);
  return facts;
}

MemoryPart exchange_memory(const Config& config, const comm::Link& link, int ranks,
                           int64_t elements, int64_t steps) {
  const comm::GradientOptions& options = config.get<comm::GradientOptions>();
  const comm::GradientPlan plan(config.comm().allreduce, options.density, link, ranks, elements,
                                steps);
  const int64_t bytes = plan.buffer_bytes(options);
  return {"exchange", bytes, bytes};
}

void add_exchange(Facts& facts, const Config& config, const comm::Link& link, int ranks,
                  int64_t elements, int64_t steps, const SumTiming& timing) {
  for (auto& line : describe_exchange(config, link, ranks, elements, steps, timing))
    facts.lines.push_back(std::move(line));
  facts.memory.push_back(exchange_memory(config, link, ranks, elements, steps));
  facts.events_per_unit +=
      std::ssize(comm::bucket_ends(elements, config.get<comm::GradientOptions>().bucket_mb));
  facts.period = exchange_cost(config, link, ranks, elements, steps);
  add_sends(facts, config, link, ranks, elements, steps, timing.unit);
}

}  // namespace laconic
