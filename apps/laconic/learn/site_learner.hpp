// The base of methods that divide a network among logical sites and train the parts on their own. It
// holds the sites, the position in the data, and their part of state, evaluation, figures and facts.
// When slices move, and what a step does, is the method.
//
// Rank 0 alone has the whole network, as it was at the last evaluation or checkpoint. During a round
// the present network is the weights of the sites, and those at home of which no site has both ends.
#pragma once

#include "apps/laconic/learn/network_learner.hpp"
#include "apps/laconic/learn/sites.hpp"

namespace laconic {

class SiteLearner : public NetworkLearner {
 public:
  void prepare(const nlohmann::json& attributes) override;
  nlohmann::json attributes() const override;
  void visit_state(StateList& state) override;
  void visit_best(StateList& state) override;
  void begin(bool resumed) override;
  int64_t step() const override { return step_; }
  int64_t steps() const override { return steps_; }
  int64_t samples() const override { return samples_; }
  void before_checkpoint() override { renew_evaluated_state(); }
  Period period() const override { return epoch_at(position_); }
  Facts facts() const override;

 protected:
  struct Settings {
    SiteSettings sites = {};
    int64_t round = 1;  // steps
    // An evaluation uses the statistics of each of its batches, not those of train.recalibrate.
    bool evaluates_by_batch = false;
  };
  SiteLearner(const Environment& environment, const Settings& settings);

  int64_t round() const { return step_ / settings_.round; }
  bool is_during_round() const { return step_ % settings_.round != 0; }
  double learning_rate() const { return scheduled_lr(step_, steps_); }  // of the step under way
  void train(double lr);                                                // a step at each site
  // Sums figures over the sites, and the votes. Collective.
  void report(Votes& votes, double lr);

  std::optional<Sites> sites_;  // there is none with Use::evaluate

 private:
  bool is_root() const { return exchange_.rank() == 0; }
  std::span<float> network() { return is_root() ? parameters_.span() : std::span<float>(); }
  void divide(int64_t sites);
  void renew_evaluated_state() override;

  const Environment environment_;
  const Settings settings_;
  const bool recalibrates_;
  EpochPosition position_;
  int64_t step_ = 0, steps_ = 0, samples_ = 0;
  int64_t assembled_ = -1;                                // step of the network at rank 0
  size_t measurements_ = 0, lr_ = 0, skipped_steps_ = 0;  // figures
};

}  // namespace laconic
