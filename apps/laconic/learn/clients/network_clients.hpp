// A chain of phases that trains a network on the data of clients. A unit, a step and a period are a
// round; a sample is an image.
//
// A client keeps no untrained state, so networks with running statistics are refused.
#pragma once

#include "apps/laconic/learn/clients/chain_facts.hpp"
#include "apps/laconic/learn/network_learner.hpp"

namespace laconic {

class NetworkClients final : public NetworkLearner {
 public:
  NetworkClients(const Environment& environment, const ChainSettings& settings);

  void prepare(const nlohmann::json& attributes) override;
  nlohmann::json attributes() const override;
  void visit_state(StateList& state) override;
  void begin(bool resumed) override;
  void advance(Votes& votes) override;
  int64_t step() const override { return phases_ ? phases_->rounds_done() : 0; }
  int64_t steps() const override { return settings_.rounds; }
  bool done() const override { return !phases_ || phases_->done(); }
  Period period() const override;
  Facts facts() const override;

 private:
  const ChainSettings settings_;
  models::Federation<float> federation_;
  std::optional<Cohort<float>> cohort_;
  std::optional<Phases<float>> phases_;  // none with Use::evaluate
  ChainFigures chain_figures_;
};

}  // namespace laconic
