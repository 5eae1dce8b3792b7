// Independent subnet training (Yuan, Wolfe, Dun, Tang, Kyrillidis, Jermaine: "Distributed learning
// of fully connected neural networks using independent subnet training", VLDB 2022), for graph
// networks GIST (Wolfe et al. 2023). The units of each hidden layer l are divided among n sites;
// I_l^s are those of site s. Features and outputs are not divided. A round:
//
//   deal      I_l^s at random: disjoint, together all units, ascending
//   dispatch  θ^s <- W_l[I_l^s, I_l-1^s] of each layer: a weight goes where both its ends are
//   train     θ^s <- θ^s - update(lr, g^s), `steps` times, on batches of the site, without exchange
//   gather    W_l[I_l^s, I_l-1^s] <- θ^s; a weight between two sites keeps its value
//
// Only what every site has, such as the bias of the outputs, becomes a mean. No rank has the whole
// network, except for rank 0 when it evaluates: the weights are at home on all sites
// (slice_plan.hpp). With one site it is data_parallel on one rank, to the last bit.
#include "apps/laconic/learn/options.hpp"
#include "apps/laconic/learn/site_learner.hpp"
#include "framework/config/checks.hpp"

namespace laconic {
namespace {

struct IstOptions : config::Options {
  enum class OptimizerState { travel, reset };
  enum class BnEval { recalibrate, batch };

  int64_t sites = 0, steps = 20;
  graph::Deal partition = graph::Deal::uniform;
  OptimizerState optimizer_state = OptimizerState::travel;
  BnEval bn_eval = BnEval::recalibrate;

  void describe(config::Fields& f) override {
    f.integer("sites", sites,
              {.min = 0,
               .max = 1 << 16,
               .help = "sites, at least as many as ranks; 0 = the number of ranks at the start",
               .unit = ""});
    f.integer("steps", steps,
              {.min = 1, .max = config::most_steps, .help = "length of a round", .unit = "steps"});
    f.choice("partition", partition,
             {{"uniform", graph::Deal::uniform}, {"stratified", graph::Deal::stratified}},
             "how hidden units are divided in each round: uniform = at random; stratified = each "
             "site gets an equal part of the units that are at home on each site");
    f.choice("optimizer_state", optimizer_state,
             {{"travel", OptimizerState::travel}, {"reset", OptimizerState::reset}},
             "moments of the optimizer: travel = they move with their weights; reset = each round "
             "starts without");
    f.choice("bn_eval", bn_eval, {{"recalibrate", BnEval::recalibrate}, {"batch", BnEval::batch}},
             "statistics with which model.norm: batch is evaluated: recalibrate = those of the "
             "whole network over train.recalibrate batches; batch = those of each batch that is "
             "evaluated, so they depend on which images are");
  }
};

class Ist final : public SiteLearner {
 public:
  explicit Ist(const Environment& environment)
      : Ist(environment, environment.config.get<IstOptions>()) {}

  void advance(Votes& votes) override {
    if (!is_during_round()) {
      sites_->deal(round());
      sites_->dispatch();
      if (resets_) sites_->reset_optimizers();
    }
    const double lr = learning_rate();
    train(lr);
    if (!is_during_round()) sites_->gather();
    if (!is_during_round() || done()) report(votes, lr);
  }

 private:
  Ist(const Environment& environment, const IstOptions& options)
      : SiteLearner(environment,
                    {.sites = {.count = options.sites,
                               .deal = options.partition,
                               .moments_travel =
                                   options.optimizer_state == IstOptions::OptimizerState::travel},
                     .round = options.steps,
                     .evaluates_by_batch = options.bn_eval == IstOptions::BnEval::batch}),
        resets_(options.optimizer_state == IstOptions::OptimizerState::reset) {}

  const bool resets_;
};

void check_ist(const Config& config, const config::Checks& checks) {
  check_network(config, checks);
  checks.unused("comm.allreduce", "method.kind: ist sums no gradients");
  if (config.get<DataOptions>().source.kind() == data::Kind::graph &&
      config.get<IstOptions>().bn_eval == IstOptions::BnEval::batch)
    checks.refuse("method.bn_eval",
                  "value batch: a graph is evaluated as a whole, not in batches; allowed: "
                  "recalibrate");
}

}  // namespace

Method ist() {
  return {.name = "ist",
          .help =
              "each site trains a subnet of its own units; slices of the network are exchanged, "
              "nothing is summed",
          .make_options = config::make<IstOptions>,
          .sections = sections_without_sum(),
          .check = check_ist,
          .make = make_learner<Ist>};
}

}  // namespace laconic
