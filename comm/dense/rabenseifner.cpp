// Rabenseifner: recursive halving, then recursive doubling of the sums. It sends few messages and
// few bytes if P is a power of two; else the fold costs two whole vectors more. See
// comm/base/butterfly.hpp. C: the largest power of two up to P.
//   bytes sent     4n 2(C-1)/C, to rounding; 4n more by the ranks of the core that take part in the
//                  fold; 4n only by the ranks beyond the core
//   messages sent  2 log2(C); one more, or one only, by the same ranks
#include <functional>

#include "comm/base/allreduce.hpp"
#include "comm/base/butterfly.hpp"

namespace laconic::comm {
namespace {

class Rabenseifner : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    Butterfly<float, std::plus<>>(communicator, scratch_,
                                  {.reduce = reduce_tag, .gather = gather_tag}, {})
        .rabenseifner(values);
  }

 private:
  Scratch scratch_;
};

Traffic rabenseifner_traffic(const Link&, int64_t n, int rank, int ranks) {
  const Fold fold(rank, ranks);
  int64_t elements = fold.has_partner ? n : 0;
  int64_t messages = fold.has_partner ? 1 : 0;
  // Of the two halves of a round, one is sent to be summed, the other is sent back as a sum.
  int64_t held = n;
  for (int distance = fold.core / 2; fold.in_core && distance > 0; distance /= 2) {
    elements += held;
    messages += 2;
    held = (rank & distance) != 0 ? held - held / 2 : held / 2;
  }
  return {4 * elements, 4 * elements, messages, messages};
}

double rabenseifner_seconds(const Link& link, int64_t n, int ranks) {
  const Fold fold(0, ranks);
  double seconds = fold.has_partner ? 2 * link.message_s(4 * n) : 0;
  for (int distance = fold.core / 2; distance > 0; distance /= 2) {
    const double share = static_cast<double>(distance) / fold.core;
    seconds += 2 * (link.latency_s + share * link.occupied_s(4 * n));
  }
  return seconds;
}

}  // namespace

AllreduceEntry rabenseifner() {
  return {.name = "rabenseifner",
          .help = "2 log2(P) messages, 2(P-1)/P of the vector sent per rank; for P a power of two",
          .make = make_allreduce<Rabenseifner>,
          .traffic = rabenseifner_traffic,
          .seconds = rabenseifner_seconds,
          .automatic = true};
}

}  // namespace laconic::comm
