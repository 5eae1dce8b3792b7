// Recursive doubling sends the whole vector log2(P) times. It is for short vectors, whose time is
// mostly latency. See comm/base/butterfly.hpp. C: the largest power of two up to P.
//   bytes sent  4n log2(C); 4n more by the ranks of the core that take part in the fold; 4n only by
//               the ranks beyond the core
#include <functional>

#include "comm/base/allreduce.hpp"
#include "comm/base/butterfly.hpp"

namespace laconic::comm {
namespace {

class RecursiveDoubling : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    Butterfly<float, std::plus<>>(communicator, scratch_,
                                  {.reduce = reduce_tag, .gather = gather_tag}, {})
        .recursive_doubling(values);
  }

 private:
  Scratch scratch_;
};

Traffic recursive_doubling_traffic(const Link&, int64_t n, int rank, int ranks) {
  const Fold fold(rank, ranks);
  const int64_t messages = (fold.has_partner ? 1 : 0) + (fold.in_core ? fold.rounds : 0);
  return {4 * n * messages, 4 * n * messages, messages, messages};
}

double recursive_doubling_seconds(const Link& link, int64_t n, int ranks) {
  const Fold fold(0, ranks);
  return (fold.rounds + (fold.has_partner ? 2 : 0)) * link.message_s(4 * n);
}

}  // namespace

AllreduceEntry recursive_doubling() {
  return {.name = "recursive_doubling",
          .help = "log2(P) messages of the whole vector",
          .make = make_allreduce<RecursiveDoubling>,
          .traffic = recursive_doubling_traffic,
          .seconds = recursive_doubling_seconds,
          .automatic = true};
}

}  // namespace laconic::comm
