// A chain of phases on a problem without a network. A unit, a step and a period are a round.
#pragma once

#include "apps/laconic/learn/clients/chain_facts.hpp"
#include "apps/laconic/learn/clients/problem.hpp"

namespace laconic {

class ProblemLearner final : public Learner {
 public:
  ProblemLearner(const Environment& environment, const ChainSettings& settings);

  void prepare(const nlohmann::json& attributes) override { phases_->prepare(attributes); }
  nlohmann::json attributes() const override { return phases_->attributes(); }
  void visit_state(StateList& state) override;
  void visit_best(StateList& state) override { state.add("parameters", x_); }
  void begin(bool resumed) override;
  void advance(Votes& votes) override;
  int64_t step() const override { return phases_->rounds_done(); }
  int64_t steps() const override { return settings_.rounds; }
  bool done() const override { return phases_->done(); }
  Period period() const override;
  void evaluate() override;
  std::string default_monitor() const override { return "objective"; }
  Facts facts() const override;

 private:
  const ChainSettings settings_;
  const std::string name_;
  comm::Exchange& exchange_;
  const int ranks_;
  ClientProblem problem_;
  std::optional<Cohort<double>> cohort_;
  std::optional<Phases<double>> phases_;
  ChainFigures chain_figures_;
  device::Buffer<double> x_;
  std::vector<double> mean_, own_;  // gradients at an evaluation
};

}  // namespace laconic
