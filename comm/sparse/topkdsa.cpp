// TopkDSA, SparCML's dynamic sparse allreduce (Renggli et al. 2019): equal regions, each summed by
// its owner, then an allgather of everything that any rank selected. With many ranks the result
// becomes dense (fill-in). When its pairs would need two thirds of the vector's bytes, the regions
// are sent as plain values instead. Selected elements leave the residual.
#include <cstring>
#include <numeric>

#include "comm/base/allreduce.hpp"
#include "comm/base/log2.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_exchange.hpp"
#include "comm/sparse/regions.hpp"
#include "comm/sparse/tags.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

class TopkDsa : public SparseAllreduce {
 public:
  TopkDsa(const Context& context, const PairFormat& format, int ranks)
      : SparseAllreduce(context, format), regions_(ranks) {}

  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t, SparseSum& result) override {
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    round(selected, result.delivered);
    regions_.cut_equally(length, ranks);
    exchange_.begin(ranks);
    for (int peer = 0; peer < ranks; ++peer) {
      if (peer == rank) continue;
      const Window theirs = regions_.of(peer);
      write_pairs(format_, within(view(result.delivered), theirs), theirs, exchange_.outgoing());
      exchange_.close(peer);
    }
    exchange_.run(communicator, reduce_tag);
    const Window mine = regions_.of(rank);
    pair_sum_.open(mine.first, mine.length);
    for (int peer = 0; peer < ranks; ++peer) {
      if (peer == rank) {
        const PairView own = within(view(result.delivered), mine);
        pair_sum_.add(own.indices, own.values);
        continue;
      }
      pairs_.clear();
      read_pairs(format_, exchange_.arrived(peer), mine, pairs_);
      pair_sum_.add(pairs_.indices, pairs_.values);
    }
    pair_sum_.take(pairs_);

    uint32_t total = static_cast<uint32_t>(pairs_.size());
    comm::sum(communicator, std::span(&total, 1), scratch_space_, count_tag);
    if (int64_t{2} * total < 2 * length / 3)
      gather_pairs(communicator, length, result);
    else
      gather_values(communicator, mine, result);
  }

 private:
  void gather_pairs(Communicator& communicator, int64_t length, SparseSum& result) {
    for (int64_t i = 0; i < pairs_.size(); ++i) {
      const float whole = pairs_.values[i];
      pairs_.values[i] = format_.rounded(whole);
      if (pairs_.values[i] != whole)
        result.returned.push_back(pairs_.indices[i], whole - pairs_.values[i]);
    }
    write_spanning_pairs(format_, view(pairs_), gather_.block());
    gather_.run(communicator, gather_tag);
    for (int r = 0; r < communicator.size(); ++r)
      read_spanning_pairs(format_, gather_.of(r), {0, length}, result.sum);
  }

  // Values are sent in full precision, so nothing is returned.
  void gather_values(Communicator& communicator, const Window& mine, SparseSum& result) {
    dense_.assign(mine.length, 0.0f);
    for (int64_t i = 0; i < pairs_.size(); ++i)
      dense_[pairs_.indices[i] - mine.first] = pairs_.values[i];
    ops::encode_values(ops::ValueType::float32, dense_, gather_.block());
    gather_.run(communicator, gather_tag);
    for (int r = 0; r < communicator.size(); ++r) {
      const Window region = regions_.of(r);
      LACONIC_CHECK(std::ssize(gather_.of(r)) == 4 * region.length);
      for (int64_t i = 0; i < region.length; ++i) {
        float value = 0;
        std::memcpy(&value, gather_.of(r).data() + 4 * i, sizeof value);
        if (value != 0) result.sum.push_back(static_cast<int32_t>(region.first + i), value);
      }
    }
  }

  Regions regions_;
  RotatedExchange exchange_;
  BlockGather gather_;
  ops::PairSum pair_sum_;
  ops::SparseVector pairs_;
  std::vector<float> dense_;
  Scratch scratch_space_;
};

}  // namespace

AllreduceEntry topkdsa() {
  return {.name = "topkdsa",
          .help = "reduce-scatter by regions, then allgather; dense where sparse would be larger",
          .make_options = config::make<SharedOptions<TopkDsa>>,
          .messages = [](int P) { return P - 1 + 2.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return static_cast<double>(k) * (P - 1) / P * (1 + P); }};
}

}  // namespace laconic::comm
