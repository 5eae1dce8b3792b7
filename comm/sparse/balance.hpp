// Evens out how many pairs the ranks hold before they are gathered, keeping their order.
#pragma once

#include <vector>

#include "comm/cost.hpp"
#include "comm/sparse/pair_exchange.hpp"

namespace laconic::comm {

class Balance {
 public:
  // counts[r]: pairs that rank r holds, the same on all ranks; the ranks' lists in rank order are
  // one ascending list. Whether gathering them as they lie is predicted to take longer than moving
  // them first, or some rank would send more than one and a half times its even share: that bounds
  // what a rank sends whatever the data. `bytes_per_pair` on the wire.
  bool is_due(std::span<const int64_t> counts, double bytes_per_pair, const LinkOptions& cost);
  // Ok-Topk's rule: when the largest count is more than four times the mean.
  static bool exceeds_four_times_the_mean(std::span<const int64_t> counts);

  // What run() needs for so many pairs in all, so that the first step in which it is due allocates
  // no more than the others.
  void make_room_for(int64_t total, int ranks, ops::SparseVector& pairs);

  // Collective. Afterwards this rank's `pairs` are its even share of the whole list. `space` holds
  // all indices.
  void run(Communicator& communicator, std::span<const int64_t> counts, const PairFormat& format,
           const Window& space, ops::SparseVector& pairs);

 private:
  // The most pairs that a rank sends, summed over the steps of BlockGather.
  double pairs_on_critical_path(std::span<const int64_t> counts);

  std::vector<int64_t> offsets_;
  Bytes outgoing_, arrived_;
  std::vector<std::pair<int, int64_t>> ends_;  // (peer, end of its block in outgoing_)
  std::vector<Request> sends_;
  ops::SparseVector mine_;
};

}  // namespace laconic::comm
