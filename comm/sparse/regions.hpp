// Cuts the index space into one region per rank. All ranks get the same boundaries. Regions may be
// empty.
#pragma once

#include <vector>

#include "comm/base/collectives.hpp"
#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// Region r is [bounds[r], bounds[r + 1]).
class Regions {
 public:
  explicit Regions(int ranks) : bounds_(ranks + 1, 0) {}
  Window of(int rank) const { return {bounds_[rank], bounds_[rank + 1] - bounds_[rank]}; }
  std::span<int64_t> bounds() { return bounds_; }

  // Cuts the index space into equal lengths, for TopkDSA.
  void cut_equally(int64_t length, int ranks);

  // Ok-Topk's rule: every rank proposes boundaries that cut its own selection into equal counts,
  // and the mean of the proposals is taken. (Li and Hoefler 2022.) Regions are unbalanced if ranks
  // select in different places. Collective.
  void cut_at_mean_of_boundaries(Communicator& communicator, std::span<const int32_t> selected,
                                 int64_t length);

  // Cuts at quantiles of all ranks' selections together, so each owner receives its share of them,
  // whichever ranks they come from. Collective. Quantiles are read from a histogram that starts
  // with `bins` equal cells. Cells with too many selections are cut finer, at most twice. Within a
  // cell selections are taken as uniformly distributed.
  // `most`: an upper bound of every rank's selections.
  // `number`: a small number of this rank, sent in the same messages.
  // Returns the mean of all ranks' `number`.
  uint32_t cut_at_merged_quantiles(Communicator& communicator, std::span<const int32_t> selected,
                                   int64_t most, int64_t length, int64_t bins, uint16_t number = 0);

 private:
  struct Cell {
    int64_t begin = 0;
    int64_t count = 0;
  };
  static constexpr int64_t unknown = -1;
  uint32_t count_cells(Communicator& communicator, std::span<const int32_t> selected, int shift,
                       uint16_t number);
  bool split_full_cells(int64_t total, int ranks, int64_t length);
  void cut_at_quantiles(int ranks, int64_t length);

  std::vector<int64_t> bounds_;
  std::vector<Cell> cells_, finer_;  // ascending; a cell ends where the next begins
  std::vector<uint32_t> counts_;
  Scratch scratch_;
};

}  // namespace laconic::comm
