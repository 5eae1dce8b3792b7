// A sum in the style of SparDL (Zhao et al. 2024): a reduce-scatter in ceil(log2 P) rounds, then an
// allgather. The index space is cut into P equal blocks, and each rank selects the k/P largest
// elements of each block. Blocks are sent towards their owners by Bruck's distances, for any P.
// After every addition only the k/P largest are kept. The rank that drops a pair adds it to its
// residual. The result is the top k/P of every block, not the global top-k.
#include <algorithm>

#include "comm/base/allreduce.hpp"
#include "comm/base/log2.hpp"
#include "comm/base/transfer.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/regions.hpp"
#include "framework/base/equal_cut.hpp"

namespace laconic::comm {
namespace {

class SparDl : public SparseAllreduce {
 public:
  SparDl(const Context& context, const PairFormat& format, int ranks)
      : SparseAllreduce(context, format), regions_(ranks), blocks_(ranks) {}

  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t k, SparseSum& result) override {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    round(selected, result.delivered);
    regions_.cut_equally(length, ranks);
    returned_.clear();
    // blocks_[j] is for rank + j.
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

  // Selects the k/P largest elements of each block.
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
    return equal_cut_longer_first(k, ranks, block + 1) - equal_cut_longer_first(k, ranks, block);
  }

  // Sends blocks [distance, 2 distance) to rank + distance, where they are [0, distance).
  void hand_on(Communicator& communicator, int distance, int64_t length, int64_t k) {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    const int end = std::min(2 * distance, ranks);
    message_.clear();
    for (int j = distance; j < end; ++j) write_spanning_pairs(format_, view(blocks_[j]), message_);
    const Request outgoing = communicator.send((rank + distance) % ranks, reduce_tag, message_);
    const int peer = (rank - distance + ranks) % ranks;
    receive_whole(communicator, peer, reduce_tag, arrived_);
    int64_t position = 0;
    for (int j = 0; j < end - distance; ++j) {
      theirs_.clear();
      position +=
          read_spanning_pairs(format_, std::span(arrived_).subspan(position), {0, length}, theirs_);
      merge_sum(view(blocks_[j]), view(theirs_), both_);
      ops::top_k(both_, share(k, ranks, (rank + j) % ranks), dropped_);
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

AllreduceEntry spardl() {
  return {.name = "spardl",
          .help = "top k/P of each of P blocks, in 2 log2(P) rounds",
          .make_options = config::make<SharedOptions<SparDl>>,
          .messages = [](int P) { return 2.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return 2.0 * static_cast<double>(k) * (P - 1) / P; }};
}

}  // namespace laconic::comm
