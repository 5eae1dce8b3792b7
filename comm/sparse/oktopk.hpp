// Ok-Topk (Li and Hoefler, PPoPP 2022): the sum of the ranks' local top-k, of which the k largest
// are kept, at 4k..6k words a rank whatever the number of ranks. Reduce-scatter on regions of the
// index space, selection by the owners, allgather:
//
//   1. local selection of about k pairs
//   2. the index space is cut into one region a rank, balanced by where the selections lie
//   3. each rank sends each owner its pairs of that region, one message a peer; owners sum
//   4. global selection among the owners' sums
//   5. the owners' pairs are evened out where that pays, and gathered
//
// A pair leaves the residual of its rank only if its index was selected locally and globally.
//
// Mode `exact`: steps 1 and 4 are exact every time, ties to the lowest index; regions are quantiles
// of all selections together, cut anew every tau steps and after a step that was out of balance.
// Mode `paper`: thresholds are kept for tau_prime steps with the controller of the authors' VGG
// code, regions are means of proposed boundaries, kept for tau steps, balancing beyond four times
// the mean.
#pragma once

#include <memory>

#include "comm/sparse/balance.hpp"
#include "comm/sparse/global_threshold.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/regions.hpp"
#include "comm/sparse/sparse_allreduce.hpp"

namespace laconic::comm {

class OkTopk : public SparseAllreduce {
 public:
  OkTopk(const Context& context, const SparseOptions& options, const LinkOptions& cost, int ranks);

  ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                       ops::SparseVector& selected) override;
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override;
  void visit_state(StateList& state, const std::string& prefix) override;

  // For tests and reports, of the last sum.
  Regions& regions() { return regions_; }
  bool balanced() const { return balanced_; }
  uint32_t local_threshold() const { return static_cast<uint32_t>(selected_above_); }
  uint32_t global_threshold() const { return static_cast<uint32_t>(kept_above_); }

 private:
  bool exact() const { return options_.mode == "exact"; }
  bool thresholds_are_due() const { return step_ % options_.tau_prime == 0; }
  void cut_regions(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                   int64_t k);
  void reduce(Communicator& communicator);
  void keep_global(Communicator& communicator, int64_t k);
  void drop_ties(int64_t keep);
  void gather(Communicator& communicator, int64_t length, int64_t k, ops::SparseVector& sum);

  const LinkOptions cost_;
  const MagnitudeKey key_;

  // State of the next step. Thresholds are magnitude bits.
  int64_t step_ = 0;
  int64_t local_threshold_ = 0;
  int64_t global_threshold_ = 0;
  int64_t cut_is_due_ = 1;
  Regions regions_;

  bool balanced_ = false;
  int64_t selected_above_ = 0;  // the local threshold that was used
  int64_t kept_above_ = 0;      // the global one
  int64_t received_ = 0;        // pairs, by this owner
  RotatedExchange exchange_;
  GlobalSelect global_select_;
  GlobalThreshold found_;
  Balance balance_;
  BlockGather counts_gather_, pairs_gather_;
  ops::PairSum pair_sum_;
  ops::SparseVector sent_, arrived_, kept_, rounding_, dropped_;
  std::vector<int64_t> counts_;
};

}  // namespace laconic::comm
