#include "apps/laconic/learn/clients/network_clients.hpp"

#include <algorithm>

#include "apps/laconic/learn/clients/problem.hpp"
#include "apps/laconic/run/agreement.hpp"
#include "framework/base/error.hpp"

namespace laconic {
namespace {

void check_for_clients(const graph::Graph& network) {
  if (network.state_count > 0)
    fail(
        ExitCode::config,
        "model.norm: value batch: clients have no running statistics in common; method.kind: chain "
        "allows none, layer, channel, group where the model has them");
  const auto drops = [](const graph::Node& node) { return node.spec.kind == "dropout"; };
  if (std::ranges::any_of(network.nodes, drops))
    fail(ExitCode::config,
         "model.dropout, model.input_dropout: a client's gradients are of the whole network; "
         "method.kind: chain allows 0 for both");
}

}  // namespace

NetworkClients::NetworkClients(const Environment& environment, const ChainSettings& settings)
    : NetworkLearner(environment), settings_(settings) {
  chain_figures_ = ChainFigures::declare(figures_);
  if (use_ == Environment::Use::evaluate) return;
  together(exchange_, [&] {
    check_for_clients(task_->network());
    federation_.dimension = parameters_.size();
    federation_.samples = data::split_among_clients(config_.get<ClientsOptions>().clients,
                                                    task_->unit_classes(), context_.seed);
  });
  same_everywhere(exchange_, federation_.content(), "give all ranks the same data.clients.file");
  const int64_t drawn = settings.clients_per_round;
  cohort_.emplace(environment, federation_, drawn > 0 ? drawn : federation_.clients(),
                  task_->batches().units_per_batch());
  phases_.emplace(*cohort_, settings.plan, settings.rounds);
}

void NetworkClients::prepare(const nlohmann::json& attributes) {
  if (phases_) phases_->prepare(attributes);
}

nlohmann::json NetworkClients::attributes() const {
  nlohmann::json all = NetworkLearner::attributes();
  if (phases_) all.update(phases_->attributes());
  return all;
}

void NetworkClients::visit_state(StateList& state) {
  NetworkLearner::visit_state(state);
  phases_->visit_state(state);
}

void NetworkClients::begin(bool resumed) {
  NetworkLearner::begin(resumed);
  federation_.oracle =
      std::make_unique<NetworkOracle>(*task_, context_, timer_, implementation_of(config_));
  phases_->begin(parameters_, resumed);
}

void NetworkClients::advance(Votes& votes) {
  const int64_t phase = phases_->phase();
  const RoundReport report = phases_->round(parameters_);
  votes.agree(exchange_);
  chain_figures_.set(figures_, report, phase, cohort_->client_bytes());
}

Period NetworkClients::period() const {
  return round_period(step(), settings_.rounds);
}

Facts NetworkClients::facts() const {
  Facts facts = NetworkLearner::facts();
  if (!phases_) return facts;
  facts.data["clients"] = federation_.content();
  describe_chain(*cohort_, *phases_, settings_, ranks_, facts);
  return facts;
}

}  // namespace laconic
