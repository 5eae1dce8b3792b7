// The allreduce on a circulant graph: as few messages and bytes as Rabenseifner, for any number of
// ranks. It copies the vector to its own memory and back. See comm/base/circulant.hpp.
//   bytes sent     4n 2(P-1)/P, to rounding
//   messages sent  2 ceil(log2 P)
#include "comm/base/circulant.hpp"

#include <functional>

#include "comm/base/allreduce.hpp"
#include "comm/base/log2.hpp"

namespace laconic::comm {
namespace {

class Circulant : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    circulant_allreduce(communicator, values, scratch_,
                        {.reduce = reduce_tag, .gather = gather_tag}, std::plus<>());
  }

 private:
  Scratch scratch_;
};

Traffic circulant_traffic(const Link&, int64_t n, int rank, int ranks) {
  const TurnedSegments segments(n, rank, ranks);
  Traffic traffic;
  circulant_rounds(ranks, [&](int kept, int held) {
    // The segments that are sent to be summed come back as sums; those that arrived are sent back.
    const int64_t both = 4 * (segments.length(kept, held) + segments.length(0, held - kept));
    traffic += {both, both, 2, 2};
  });
  return traffic;
}

double circulant_seconds(const Link& link, int64_t n, int ranks) {
  const int64_t bytes = 4 * (ranks - 1) * ((n + ranks - 1) / ranks);
  return 2 * (log2_ceil(ranks) * link.latency_s + link.occupied_s(bytes));
}

}  // namespace

AllreduceEntry circulant() {
  return {.name = "circulant",
          .help = "2 log2(P) messages, 2(P-1)/P of the vector sent per rank; for any P",
          .make = make_allreduce<Circulant>,
          .traffic = circulant_traffic,
          .seconds = circulant_seconds,
          .automatic = true};
}

}  // namespace laconic::comm
