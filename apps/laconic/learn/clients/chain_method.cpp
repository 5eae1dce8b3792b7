#include "apps/laconic/learn/clients/chain_method.hpp"

#include "apps/laconic/learn/clients/network_clients.hpp"
#include "apps/laconic/learn/clients/problem_learner.hpp"
#include "apps/laconic/learn/options.hpp"
#include "framework/config/checks.hpp"

namespace laconic {

void RoundOptions::describe(config::Fields& f) {
  f.integer("rounds", rounds,
            {.min = 0, .max = config::most_steps, .help = "length of the run", .unit = "rounds"})
      .also_called({"num_rounds", "communication_rounds"});
  f.integer("clients_per_round", clients_per_round,
            {.min = 0, .help = "clients that are drawn for each round; 0 = all take part"})
      .also_called({"clients_per_step", "sample_clients"});
  f.flag("probe", probe, "evaluations measure how much the clients' gradients differ (zeta2)");
}

namespace {

bool is_network(const Config& config) {
  return config.get<ProblemOptions>().kind.entry().make == nullptr;
}

}  // namespace

void check_rounds(const Config& config, const RoundOptions& options, const config::Checks& checks) {
  constexpr const char* why = "method.rounds is the length of a run on clients";
  checks.unused("train.epochs", why);
  checks.unused("train.accumulate", why);
  checks.unused("train.skip_nonfinite", "a client whose numbers are not finite ends the run");
  if (is_network(config)) {
    check_network(config, checks);
    // Clusters are drawn with replacement, but a batch has room for distinct ones only.
    if (config.get<DataOptions>().source.kind() == data::Kind::graph)
      checks.refuse("data.source.format",
                    "a graph: methods on clients divide images, or the rows of problem.kind: "
                    "logistic");
    if (options.probe)
      checks.refuse("method.probe", "value true: needs a problem.kind without a network");
  } else {
    for (const char* key : {"train.batch", "train.class_weights", "train.recalibrate"})
      checks.unused(key, "the problem has no network; the phases have samples");
  }
  const int64_t clients = config.get<ClientsOptions>().clients.count;
  if (options.clients_per_round > clients)
    checks.refuse("method.clients_per_round",
                  fmt::format("value {}: more than the {} clients (data.clients.count)",
                              options.clients_per_round, clients));
}

std::unique_ptr<Learner> make_chain(const Environment& environment, const RoundOptions& options,
                                    std::vector<PhasePlan> plan) {
  const ChainSettings settings{.plan = std::move(plan),
                               .rounds = options.rounds,
                               .clients_per_round = options.clients_per_round,
                               .probe = options.probe};
  if (is_network(environment.config))
    return std::make_unique<NetworkClients>(environment, settings);
  return std::make_unique<ProblemLearner>(environment, settings);
}

}  // namespace laconic
