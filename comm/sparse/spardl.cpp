// SparDL-style (Zhao et al. 2024): a reduce-scatter in ceil(log2 P) rounds. The space is cut into P
// equal blocks, of each of which a rank selects its k/P largest; blocks travel towards their owners
// by Bruck's distances, for any P, and after every addition only the k/P largest go on. A rank
// keeps what it dropped. Then an allgather of the owners' blocks. The result is the top-k/P of
// every block, not the global top-k.
#include <algorithm>

#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/regions.hpp"
#include "comm/sparse/sparse.hpp"
#include "comm/tags.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {
namespace {

class SparDl : public SparseAllreduce {
 public:
  SparDl(const Context& context, const SparseOptions& options, int ranks)
      : SparseAllreduce(context, options), regions_(ranks), blocks_(ranks) {}

  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    round(selected, result.delivered);
    regions_.cut_equally(length, ranks);
    returned_.clear();
    // blocks_[j] is on its way to rank + j.
    for (int j = 0; j < ranks; ++j) {
      const PairView part = within(view(result.delivered), regions_.of((rank + j) % ranks));
      blocks_[j].indices.assign(part.indices.begin(), part.indices.end());
      blocks_[j].values.assign(part.values.begin(), part.values.end());
    }
    int distance = 1;
    while (2 * distance < ranks) distance *= 2;
    for (; distance >= 1 && ranks > 1; distance /= 2) hand_on(communicator, distance, length, k);

    write_spanning_pairs(format_, view(blocks_[0]), gather_.block());
    gather_.run(communicator, gather_tag);
    for (int r = 0; r < ranks; ++r)
      read_spanning_pairs(format_, gather_.of(r), {0, length}, result.sum);
    sort_and_sum(returned_, order_, result.returned);
  }

  // The k/P largest of each block.
  ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int ranks,
                       ops::SparseVector& selected) override {
    selected.clear();
    regions_.cut_equally(accumulator.size(), ranks);
    ops::Selected whole;
    for (int r = 0; r < ranks; ++r) {
      const Window region = regions_.of(r);
      const auto part = [&](std::span<const float> all) {
        return all.empty() ? all : all.subspan(region.first, region.length);
      };
      const ops::Accumulator block{part(accumulator.residual), part(accumulator.gradient),
                                   accumulator.residual_scale};
      const ops::Selected found = ops::top_k(
          context_, block, std::min(share(k, ranks, r), region.length), scratch_, theirs_);
      whole.finite &= found.finite;
      for (int64_t i = 0; i < theirs_.size(); ++i)
        selected.push_back(static_cast<int32_t>(region.first + theirs_.indices[i]),
                           theirs_.values[i]);
    }
    if (!whole.finite) selected.clear();
    return whole;
  }

 private:
  static int64_t share(int64_t k, int ranks, int block) {
    return k / ranks + (block < k % ranks ? 1 : 0);
  }

  // Blocks [distance, 2 distance) go to rank + distance, for which they are [0, distance).
  void hand_on(Communicator& communicator, int distance, int64_t length, int64_t k) {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    const int end = std::min(2 * distance, ranks);
    message_.clear();
    for (int j = distance; j < end; ++j) write_spanning_pairs(format_, view(blocks_[j]), message_);
    const Request outgoing = communicator.send((rank + distance) % ranks, reduce_tag, message_);
    const int peer = (rank - distance + ranks) % ranks;
    const int64_t bytes_coming = communicator.next_size(peer, reduce_tag);
    make_room(arrived_, bytes_coming);
    arrived_.resize(bytes_coming);
    communicator.wait(communicator.receive(peer, reduce_tag, arrived_));
    int64_t position = 0;
    for (int j = 0; j < end - distance; ++j) {
      theirs_.clear();
      position +=
          read_spanning_pairs(format_, std::span(arrived_).subspan(position), {0, length}, theirs_);
      merge_sum(view(blocks_[j]), view(theirs_), both_);
      ops::top_k(both_, share(k, ranks, (rank + j) % ranks), scratch_, dropped_);
      std::swap(blocks_[j], both_);
      for (int64_t i = 0; i < dropped_.size(); ++i)
        returned_.push_back(dropped_.indices[i], dropped_.values[i]);
      round_block(blocks_[j]);
    }
    communicator.wait(outgoing);
  }

  void round_block(ops::SparseVector& block) {
    for (int64_t i = 0; i < block.size(); ++i) {
      const float whole = block.values[i];
      block.values[i] = format_.rounded(whole);
      if (block.values[i] != whole) returned_.push_back(block.indices[i], whole - block.values[i]);
    }
  }

  Regions regions_;
  std::vector<ops::SparseVector> blocks_;
  BlockGather gather_;
  Bytes message_, arrived_;
  ops::SparseVector theirs_, both_, dropped_, returned_;
  std::vector<int64_t> order_;
};

}  // namespace

std::unique_ptr<SparseAllreduce> make_spardl(const Context& context, const SparseOptions& options,
                                             const LinkOptions&, int ranks) {
  return std::make_unique<SparDl>(context, options, ranks);
}

}  // namespace laconic::comm
