// gTopk (Shi et al. 2019): selections are merged along a binomial tree to rank 0, and the result is
// broadcast. Each merge keeps the k largest pairs. The original clears the residual of every
// selected element, even if a merge dropped it. Here the rank that drops a pair adds it to its
// residual, so nothing is lost. The result is not the exact global top-k. It works for any number
// of ranks.
#include <bit>

#include "comm/base/allreduce.hpp"
#include "comm/base/collectives.hpp"
#include "comm/base/log2.hpp"
#include "comm/base/transfer.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/pair_sets.hpp"

namespace laconic::comm {
namespace {

class Gtopk : public SparseAllreduce {
 public:
  using SparseAllreduce::SparseAllreduce;

  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    round(selected, result.delivered);  // all of it goes into the tree
    merged_ = result.delivered;
    returned_.clear();
    int distance = 1;
    for (; distance < ranks && (rank & distance) == 0; distance *= 2)
      if (rank + distance < ranks) merge(communicator, rank + distance, length, k);
    round_merged();
    if (rank != 0) send(communicator, rank - distance, reduce_tag, merged_);

    // Broadcasts along the same tree.
    if (rank != 0) {
      result.sum.clear();
      receive(communicator, rank - distance, gather_tag, length, result.sum);
    } else {
      result.sum = merged_;
    }
    for (int below = distance / 2; below >= 1; below /= 2)
      if (rank + below < ranks) send(communicator, rank + below, gather_tag, result.sum);
    take_sorted(result.returned);
  }

 private:
  void send(Communicator& communicator, int peer, Tag tag, const ops::SparseVector& pairs) {
    message_.clear();
    write_spanning_pairs(format_, view(pairs), message_);
    comm::send(communicator, peer, tag, message_);
  }

  void receive(Communicator& communicator, int peer, Tag tag, int64_t length,
               ops::SparseVector& pairs) {
    receive_whole(communicator, peer, tag, message_);
    read_spanning_pairs(format_, message_, {0, length}, pairs);
  }

  void merge(Communicator& communicator, int peer, int64_t length, int64_t k) {
    theirs_.clear();
    receive(communicator, peer, reduce_tag, length, theirs_);
    merge_sum(view(merged_), view(theirs_), both_);
    ops::top_k(both_, k, dropped_);
    std::swap(merged_, both_);
    for (int64_t i = 0; i < dropped_.size(); ++i)
      returned_.push_back(dropped_.indices[i], dropped_.values[i]);
  }

  // Rounds the merged sums to the values that others read; the rounding error stays here.
  void round_merged() {
    for (int64_t i = 0; i < merged_.size(); ++i) {
      const float whole = merged_.values[i];
      merged_.values[i] = format_.rounded(whole);
      if (merged_.values[i] != whole)
        returned_.push_back(merged_.indices[i], whole - merged_.values[i]);
    }
  }

  // An index may come back more than once: dropped in one merge, it may return with another rank's
  // pair and be dropped again.
  void take_sorted(ops::SparseVector& out) { sort_and_sum(returned_, order_, out); }

  Bytes message_;
  ops::SparseVector merged_, theirs_, both_, dropped_, returned_;
  std::vector<int64_t> order_;
};

}  // namespace

AllreduceEntry gtopk() {
  return {.name = "gtopk",
          .help = "merges along a tree, k pairs stay after every merge",
          .make_options = config::make<SharedOptions<Gtopk>>,
          .messages = [](int P) { return 2.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return 2.0 * static_cast<double>(k) * log2_ceil(P); }};
}

}  // namespace laconic::comm
