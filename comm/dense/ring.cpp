// A ring. The vector is cut into P segments. Reduce-scatter: in step s rank r
// sends segment r-s to its right neighbour and adds the segment r-s-1 that arrives from the left;
// after P-1 steps it holds the whole sum of segment r+1. Allgather: the sums travel once round the
// ring.
//   bytes sent: 4n 2(P-1)/P, to rounding      messages sent: 2(P-1)      additions: n(P-1)/P
// Segment q is always added in the order of ranks q, q+1, ..., q-1, whatever the timing: all ranks,
// all runs, the same bits. Empty segments (n < P) travel as empty messages. (Patarasuk and Yuan
// 2009.)
#include <vector>

#include "comm/dense/dense.hpp"
#include "comm/segments.hpp"
#include "comm/tags.hpp"

namespace laconic::comm {
namespace {

// q modulo P for q >= -P.
int around(int q, int ranks) {
  return (q + ranks) % ranks;
}

void add(std::span<float> sum, const float* __restrict term) {
  float* __restrict target = sum.data();
  for (size_t i = 0; i < sum.size(); ++i) target[i] += term[i];
}

class Ring : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    const auto n = static_cast<int64_t>(values.size());
    const int rank = communicator.rank();
    const int ranks = communicator.size();
    const int right = around(rank + 1, ranks);
    const int left = around(rank - 1, ranks);
    const auto segment = [&](int q) {
      q = around(q, ranks);
      return values.subspan(segment_begin(n, ranks, q), segment_length(n, ranks, q));
    };
    if (const size_t longest = (n + ranks - 1) / ranks; arrived_.size() < longest)
      arrived_.resize(longest);

    for (int step = 0; step < ranks - 1; ++step) {
      const std::span<float> theirs = segment(rank - step - 1);
      const std::span<float> arriving = std::span(arrived_).first(theirs.size());
      const Request incoming =
          communicator.receive(left, reduce_tag, std::as_writable_bytes(arriving));
      const Request outgoing =
          communicator.send(right, reduce_tag, std::as_bytes(segment(rank - step)));
      communicator.wait(incoming);
      add(theirs, arriving.data());
      communicator.wait(outgoing);
    }
    for (int step = 0; step < ranks - 1; ++step) {
      const Request incoming =
          communicator.receive(left, gather_tag, std::as_writable_bytes(segment(rank - step)));
      const Request outgoing =
          communicator.send(right, gather_tag, std::as_bytes(segment(rank - step + 1)));
      communicator.wait(incoming);
      communicator.wait(outgoing);
    }
  }

 private:
  std::vector<float> arrived_;
};

}  // namespace

std::unique_ptr<Allreduce> make_ring() {
  return std::make_unique<Ring>();
}

Traffic ring_traffic(int64_t n, int rank, int ranks) {
  if (ranks == 1) return {};
  // Each phase moves all segments but one past this rank.
  const auto all_but = [&](int q) { return n - segment_length(n, ranks, around(q, ranks)); };
  const int64_t messages = 2 * (ranks - 1);
  return {4 * (all_but(rank + 1) + all_but(rank + 2)), 4 * (all_but(rank) + all_but(rank + 1)),
          messages, messages};
}

}  // namespace laconic::comm
