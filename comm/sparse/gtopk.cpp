// gTopk (Shi et al. 2019): a binomial tree to rank 0, where every merge keeps the k largest, and a
// broadcast back. The original clears what a rank selected whether or not it survived the tree;
// here a rank keeps what it dropped in a merge, so nothing is lost. The result is not the exact
// global top-k. Any number of ranks.
#include <bit>

#include "comm/collectives.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/sparse.hpp"
#include "comm/tags.hpp"
#include "framework/base/room.hpp"

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

    // The same tree downwards.
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
  void send(Communicator& communicator, int peer, int tag, const ops::SparseVector& pairs) {
    message_.clear();
    write_spanning_pairs(format_, view(pairs), message_);
    communicator.wait(communicator.send(peer, tag, message_));
  }

  void receive(Communicator& communicator, int peer, int tag, int64_t length,
               ops::SparseVector& pairs) {
    const int64_t bytes_coming = communicator.next_size(peer, tag);
    make_room(message_, bytes_coming);
    message_.resize(bytes_coming);
    communicator.wait(communicator.receive(peer, tag, message_));
    read_spanning_pairs(format_, message_, {0, length}, pairs);
  }

  void merge(Communicator& communicator, int peer, int64_t length, int64_t k) {
    theirs_.clear();
    receive(communicator, peer, reduce_tag, length, theirs_);
    merge_sum(view(merged_), view(theirs_), both_);
    ops::top_k(both_, k, scratch_, dropped_);
    std::swap(merged_, both_);
    for (int64_t i = 0; i < dropped_.size(); ++i)
      returned_.push_back(dropped_.indices[i], dropped_.values[i]);
  }

  // What others read of the merged sums; the rest stays here.
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

std::unique_ptr<SparseAllreduce> make_gtopk(const Context& context, const SparseOptions& options,
                                            const LinkOptions&, int) {
  return std::make_unique<Gtopk>(context, options);
}

}  // namespace laconic::comm
