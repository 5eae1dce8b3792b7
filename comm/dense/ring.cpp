// A ring. The vector is cut into P segments. Reduce-scatter: in step s rank r sends segment r-s to
// its right neighbour, and adds segment r-s-1, which arrives from the left. After P-1 steps it has
// the whole sum of segment r+1. Allgather: the sums are sent once round the ring.
//   bytes sent     4n 2(P-1)/P, to rounding
//   messages sent  2(P-1)
//   additions      n(P-1)/P
// Segment q is always added in the order of ranks q, q+1, ..., q-1, whatever the timing, so all
// ranks and all runs get the same bits. Empty segments (n < P) are sent as empty messages.
// (Patarasuk and Yuan 2009.)
#include <vector>

#include "comm/base/allreduce.hpp"
#include "comm/base/transfer.hpp"
#include "framework/base/equal_cut.hpp"

namespace laconic::comm {
namespace {

// Returns q modulo P, for q >= -P.
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
      return values.subspan(equal_cut(n, ranks, q), equal_part(n, ranks, q));
    };
    if (const size_t longest = (n + ranks - 1) / ranks; arrived_.size() < longest)
      arrived_.resize(longest);

    for (int step = 0; step < ranks - 1; ++step) {
      const std::span<float> theirs = segment(rank - step - 1);
      const std::span<float> arriving = std::span(arrived_).first(theirs.size());
      send_and_receive(
          communicator, reduce_tag,
          {right, std::as_bytes(segment(rank - step)), left, std::as_writable_bytes(arriving)},
          [&] { add(theirs, arriving.data()); });
    }
    for (int step = 0; step < ranks - 1; ++step)
      send_and_receive(communicator, gather_tag,
                       {right, std::as_bytes(segment(rank - step + 1)), left,
                        std::as_writable_bytes(segment(rank - step))});
  }

 private:
  std::vector<float> arrived_;
};

Traffic ring_traffic(const Link&, int64_t n, int rank, int ranks) {
  if (ranks == 1) return {};
  // In each phase this rank sends all segments but one.
  const auto all_but = [&](int q) { return n - equal_part(n, ranks, around(q, ranks)); };
  const int64_t messages = 2 * (ranks - 1);
  return {4 * (all_but(rank + 1) + all_but(rank + 2)), 4 * (all_but(rank) + all_but(rank + 1)),
          messages, messages};
}

double ring_seconds(const Link& link, int64_t n, int ranks) {
  return 2 * (ranks - 1) * link.message_s(4 * ((n + ranks - 1) / ranks));
}

}  // namespace

AllreduceEntry ring() {
  return {.name = "ring",
          .help = "2(P-1) messages to the right neighbour, 2(P-1)/P of the vector sent per rank",
          .make = make_allreduce<Ring>,
          .traffic = ring_traffic,
          .seconds = ring_seconds,
          .automatic = true};
}

}  // namespace laconic::comm
