// The sites of a run: those that this rank hosts, and the movement of slices between all of them.
// The whole network exists at rank 0 alone, and only where a caller has memory for it.
#pragma once

#include "apps/laconic/learn/site.hpp"
#include "apps/laconic/learn/site_sums.hpp"
#include "apps/laconic/learn/slice_exchange.hpp"

namespace laconic {

struct SiteSettings {
  int64_t count = 1;
  graph::Deal deal = graph::Deal::uniform;
  bool moments_travel = true;  // the optimizer's moments move with their weights
};

class Sites {
 public:
  // Error(config) if there are fewer sites than ranks, or if the network cannot be divided.
  // Lifetime: task and environment must outlive this object.
  Sites(const Environment& environment, const Task& task, const SiteSettings& settings);

  const Hosted& hosted() const { return hosted_; }
  const graph::SlicePlan& plan() const { return plan_; }
  std::span<const std::unique_ptr<Site>> mine() const { return sites_; }

  void visit_state(StateList& state);
  // Allocates, and starts the batches of `steps` steps. `sampler` has one rank per site.
  void begin(const EpochSampler& sampler, EpochPosition position, int64_t steps);

  // Divides the hidden units anew; a function of the seed and the round.
  void deal(int64_t round);
  // These are collective. `network` is that of rank 0; at other ranks it is empty.
  void scatter(std::span<float> network);  // from rank 0 to the homes
  void dispatch();                         // from the homes to the sites
  void gather();                           // from the sites to their homes
  // Writes the weights at home, or during a round those of the sites over them.
  void assemble(std::span<float> network, bool during_round);

  // Does one local step at each site.
  void step(double lr, EpochSampler& sampler, EpochPosition position);
  void reset_optimizers();
  // Returns the sums over all sites and steps since the last call, and sums `votes`. Collective.
  // `diverged`: a site left out more steps than train.skip_nonfinite allows.
  BatchSums agree(Votes& votes, bool& diverged);

 private:
  comm::Exchange& exchange_;
  PhaseTimer& timer_;
  const uint64_t seed_;
  const graph::Deal deal_;
  const Hosted hosted_;
  graph::SlicePlan plan_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::optional<SliceExchange> slices_;
  SliceArrays whole_, homes_, subnets_;
  SiteSums sums_;
};

}  // namespace laconic
