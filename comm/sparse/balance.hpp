// Moves pairs between ranks so that all have equally many before they are gathered. Their order is
// kept.
#pragma once

#include <vector>

#include "comm/base/link.hpp"
#include "comm/sparse/pair_exchange.hpp"

namespace laconic::comm {

class Balance {
 public:
  // Returns whether pairs should be moved first: if gathering them as they are is predicted to take
  // longer, or if some rank would send more than 1.5 times its even share. The second rule limits
  // what each rank sends, whatever the data.
  // counts[r]: pairs of rank r, the same on all ranks. The ranks' lists in rank order must be one
  // ascending list. `bytes_per_pair`: size of a pair on the wire.
  bool is_due(std::span<const int64_t> counts, double bytes_per_pair, const Link& link);
  // Returns whether the largest count is more than four times the mean: the rule of Ok-Topk.
  static bool exceeds_four_times_the_mean(std::span<const int64_t> counts);

  // Reserves the memory that run() needs for `total` pairs, so that run() does not allocate in a
  // later step.
  void make_room_for(int64_t total, int ranks, ops::SparseVector& pairs);

  // Replaces `pairs` by this rank's even share of the whole list. Collective. `space` contains all
  // indices.
  void run(Communicator& communicator, std::span<const int64_t> counts, const PairFormat& format,
           const Window& space, ops::SparseVector& pairs);

 private:
  // Returns the largest number of pairs that a rank sends, summed over the steps of BlockGather.
  double pairs_on_critical_path(std::span<const int64_t> counts);

  std::vector<int64_t> offsets_;
  Bytes outgoing_, arrived_;
  std::vector<std::pair<int, int64_t>> ends_;  // (peer, end of its block in outgoing_)
  std::vector<Request> sends_;
  ops::SparseVector mine_;
};

}  // namespace laconic::comm
