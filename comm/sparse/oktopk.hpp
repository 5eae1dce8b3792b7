// Ok-Topk (Li and Hoefler, PPoPP 2022): the k largest elements of the sum of the ranks' local
// top-k. It sends 4k to 6k words per rank for any number of ranks. Reduce-scatter on regions of the
// index space, selection by the owners, allgather:
//
//   1. local selection of about k pairs
//   2. the index space is cut into one region per rank, balanced by where the selections lie
//   3. each rank sends each owner its pairs of that region, one message per peer; owners sum
//   4. global selection among the owners' sums
//   5. owners exchange pairs for equal counts where that pays, and all pairs are gathered
//
// A pair leaves the residual of its rank only if its index was selected locally and globally.
//
// Mode `exact`: steps 1 and 4 are always exact; ties go to the lowest index. Regions are quantiles
// of all selections together. They are cut again every tau steps, and after a step that was out of
// balance.
// Mode `paper`: thresholds are reused for tau_prime steps, with the controller of the authors' VGG
// code. Regions are means of proposed boundaries and are kept for tau steps. Pairs are moved when
// the largest count is more than four times the mean.
#pragma once

#include <memory>

#include "comm/sparse/balance.hpp"
#include "comm/sparse/global_threshold.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/regions.hpp"

namespace laconic::comm {

struct OkTopkOptions final : SparseOptions {
  enum class Mode { exact, paper };
  Mode mode = Mode::exact;
  int64_t tau = 64;        // steps between cuts of the index space into regions
  int64_t tau_prime = 32;  // Mode::paper: steps between exact thresholds
  void describe(config::Fields& f) override;
  std::unique_ptr<SparseAllreduce> make(const Context& context, const Link& link,
                                        int ranks) const override;
};

class OkTopk : public SparseAllreduce {
 public:
  OkTopk(const Context& context, const OkTopkOptions& options, const Link& link, int ranks);

  ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                       ops::SparseVector& selected) override;
  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override;
  void visit_state(StateList& state, const std::string& prefix) override;

  // Return values of the last sum, for tests and reports.
  Regions& regions() { return regions_; }
  uint32_t local_threshold() const { return static_cast<uint32_t>(selected_above_); }
  uint32_t global_threshold() const { return static_cast<uint32_t>(kept_above_); }

 private:
  bool exact() const { return options_.mode == OkTopkOptions::Mode::exact; }
  bool thresholds_are_due() const { return step_ % options_.tau_prime == 0; }
  void cut_regions(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                   int64_t k);
  void reduce(Communicator& communicator);
  void keep_global(Communicator& communicator, int64_t k);
  void drop_ties(int64_t keep);
  void gather(Communicator& communicator, int64_t length, int64_t k, ops::SparseVector& sum);

  const OkTopkOptions options_;
  const Link link_;
  const MagnitudeKey key_;

  // The state that the next step depends on. Thresholds are magnitude bits.
  int64_t step_ = 0;
  int64_t local_threshold_ = 0;
  int64_t global_threshold_ = 0;
  int64_t cut_is_due_ = 1;
  Regions regions_;

  int64_t selected_above_ = 0;  // the local threshold that was used
  int64_t kept_above_ = 0;      // the global threshold that was used
  int64_t received_ = 0;        // pairs that this owner received
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
