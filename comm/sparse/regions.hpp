// How the index space is cut into one region a rank. Both ways are collective, give the same
// boundaries on all ranks, and leave regions empty where there is nothing to cut.
#pragma once

#include <vector>

#include "comm/collectives.hpp"
#include "comm/sparse/pair_message.hpp"

namespace laconic::comm {

// Region r is [bounds[r], bounds[r + 1]).
class Regions {
 public:
  explicit Regions(int ranks) : bounds_(ranks + 1, 0) {}
  Window of(int rank) const { return {bounds_[rank], bounds_[rank + 1] - bounds_[rank]}; }
  std::span<int64_t> bounds() { return bounds_; }

  // Equal lengths: what TopkDSA uses.
  void cut_equally(int64_t length, int ranks);

  // Ok-Topk's: every rank proposes boundaries that cut its own selection into equal counts, and
  // the mean of the proposals is taken. (Li and Hoefler 2022.) Unbalanced where ranks select in
  // different places.
  void cut_at_mean_of_boundaries(Communicator& communicator, std::span<const int32_t> selected,
                                 int64_t length);

  // Quantiles of all ranks' selections together, so an owner receives its share of them whoever
  // they come from. They are read from a histogram that begins with `bins` equal cells; cells
  // that turn out full are cut finer, twice at most. Within a cell the selection counts as uniform.
  // No rank selects more than `most`. A small number of each rank rides along: the mean of all is
  // returned.
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
