#include "apps/laconic/learn/site_facts.hpp"

#include <algorithm>

#include "apps/laconic/learn/network_learner.hpp"
#include "framework/base/error.hpp"
#include "framework/graph/executor.hpp"

namespace laconic {
namespace {

using graph::Division;

constexpr double element_bytes = sizeof(float);

int64_t elements_of_all(const graph::SlicePlan& plan, Division division) {
  int64_t sum = 0;
  for (int s = 0; s < plan.sites(); ++s) sum += plan.elements(division, s);
  return sum;
}

// Returns the expected share of elements that change the rank when they leave home or return.
double crossing_share(const Hosted& hosted) {
  double same = 0;
  for (int rank = 0; rank < hosted.ranks; ++rank) {
    const double share = static_cast<double>(hosted.count(rank)) / hosted.sites;
    same += share * share;
  }
  return 1 - same;
}

void add_bytes(const Sites& sites, const EpochSampler& sampler, const comm::Link& link,
               int64_t steps, Facts& facts) {
  const Hosted& hosted = sites.hosted();
  const size_t arrays = sites.mine().front()->arrays();
  const auto held = static_cast<double>(elements_of_all(sites.plan(), Division::sites));
  const double each_way =
      held * static_cast<double>(arrays) * element_bytes * crossing_share(hosted);
  const double rounds = static_cast<double>(sampler.steps_per_epoch()) / static_cast<double>(steps);
  facts.lines.emplace_back(
      "rounds per epoch",
      fmt::format("{:.3g} of {} steps; dispatch and gather move {:.1f} kB each over all ranks",
                  rounds, steps, each_way * 1e-3));
  if (hosted.ranks == 1) return;
  facts.period.bytes = 2 * each_way * rounds / hosted.ranks;
  facts.period.exchange_s =
      rounds * (2 * (hosted.ranks - 1) * link.latency_s) + facts.period.bytes / link.bytes_per_s;
}

// The parts that describe_network() has reckoned for the whole network become those of the subnets.
// Rank 0 hosts the most sites.
void replace_memory(const Sites& sites, const Task& task, const Context& context,
                    const std::string& implementation, bool recalibrates, Facts& facts) {
  const graph::PlanOptions options{.implementation = implementation};
  const auto memory_of = [&](const graph::Graph& network) {
    return graph::memory_of(network, context, task.batches().largest(), options);
  };
  const graph::NetworkMemory whole = memory_of(task.network());
  graph::NetworkMemory subnets;
  int64_t elements = 0, moved = 0;
  for (const auto& site : sites.mine()) {
    const graph::NetworkMemory one = memory_of(site->network());
    subnets.activations += one.activations;
    subnets.workspace += one.workspace;
    subnets.kernels += one.kernels;
    elements += site->network().parameter_count;
    moved +=
        static_cast<int64_t>(site->arrays()) *
        (sites.plan().elements(Division::homes, site->number()) + site->network().parameter_count);
  }
  // Rank 0 may need those of the whole network as well.
  const auto replace = [&](const char* name, int64_t of_whole, int64_t of_subnets,
                           bool root_needs) {
    const auto part = std::ranges::find(facts.memory, name, &MemoryPart::name);
    if (part == facts.memory.end()) return;
    part->others += of_subnets - of_whole;
    part->root += of_subnets - (root_needs ? 0 : of_whole);
  };
  const int64_t batch = 2 * task.batches().make_batch()->memory_bytes();
  replace("gradients", task.network().parameter_count * int64_t{sizeof(float)},
          elements * int64_t{sizeof(float)}, false);
  replace("activations", whole.activations, subnets.activations, recalibrates);
  replace("workspace", whole.workspace, subnets.workspace, recalibrates);
  replace("kernels", whole.kernels, subnets.kernels, recalibrates);
  replace("batches", batch, batch * std::ssize(sites.mine()), recalibrates);
  const int64_t messages = moved * int64_t{sizeof(float)};
  facts.memory.push_back({"messages", messages, messages});
}

void add_warnings(const Sites& sites, const graph::Graph& network, const EpochSampler& sampler,
                  Facts& facts) {
  const int n = sites.hosted().sites;
  if (sampler.groups() < n)
    facts.warnings.push_back(fmt::format("{} of {} sites are idle, since an epoch has {} batches",
                                         n - sampler.groups(), n, sampler.groups()));
  if (n == 1) return;
  const auto has = [&](const char* kind) {
    return std::ranges::any_of(network.nodes,
                               [&](const graph::Node& node) { return node.spec.kind == kind; });
  };
  if (has("layer_norm") || has("group_norm"))
    facts.warnings.emplace_back(
        "model.norm: in a subnet the mean is taken over the units of one site, in the network over "
        "others as well; model.norm: batch has no such difference");
  else if (!has("batch_norm"))
    facts.warnings.emplace_back(
        "model.norm: none: the sums into a unit have fewer terms in a subnet than in the network; "
        "model.norm: batch makes up for that");
}

}  // namespace

void describe_sites(const Sites& sites, const Task& task, const Config& config,
                    const Context& context, const EpochSampler& sampler, const comm::Link& link,
                    int64_t steps, bool recalibrates, Facts& facts) {
  const graph::SlicePlan& plan = sites.plan();
  const Hosted& hosted = sites.hosted();
  const int64_t largest = plan.elements(Division::sites, 0);
  facts.dense_elements = 0;  // a round has no dense counterpart
  facts.lines.emplace_back(
      "sites", fmt::format("{} on {} ranks; the subnet of site 0 has {} parameters, {:.1f} % of "
                           "the network",
                           hosted.sites, hosted.ranks, largest,
                           100.0 * static_cast<double>(largest) /
                               static_cast<double>(task.network().parameter_count)));
  facts.lines.emplace_back(
      "steps per epoch",
      fmt::format("{} ({} sites x {} batches per update; {} sites idle in the last)",
                  sampler.steps_per_epoch(), hosted.sites, config.get<TrainOptions>().accumulate,
                  sampler.idle_in_last()));
  add_bytes(sites, sampler, link, steps, facts);
  replace_memory(sites, task, context, implementation_of(config), recalibrates, facts);
  add_warnings(sites, task.network(), sampler, facts);
  facts.events_per_unit += 4 * std::ssize(sites.mine()) * config.get<TrainOptions>().accumulate;
}

void check_statistics(const graph::Graph& network, const Config& config, bool recalibrates) {
  for (const graph::Node& node : network.nodes)
    if (node.spec.attributes.value("frozen", false))
      fail(
          ExitCode::config,
          "model.norm_frozen: value true: the statistics are those of units with all their inputs, "
          "which no subnet has; method.kind: ist allows false");
  if (recalibrates && config.get<TrainOptions>().recalibrate == 0)
    fail(ExitCode::config,
         "train.recalibrate: value 0: subnets have no statistics for the whole network, so "
         "method.kind: ist with model.norm: batch needs batches to compute them before each "
         "evaluation, for example train.recalibrate=20; or method.bn_eval=batch");
}

}  // namespace laconic
