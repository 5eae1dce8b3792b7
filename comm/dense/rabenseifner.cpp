// Rabenseifner: recursive halving, then recursive doubling of what each rank has summed. Few
// messages and few bytes where P is a power of two; else the fold costs two whole vectors more. See
// comm/butterfly.hpp.
//   bytes sent: 4n 2(C-1)/C, to rounding, C the largest power of two; the ranks of the fold 4n
//   more, and those beyond the core 4n only            messages sent: 2 log2(C)
#include <functional>

#include "comm/butterfly.hpp"
#include "comm/dense/dense.hpp"

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

}  // namespace

std::unique_ptr<Allreduce> make_rabenseifner() {
  return std::make_unique<Rabenseifner>();
}

Traffic rabenseifner_traffic(int64_t n, int rank, int ranks) {
  const Fold fold(rank, ranks);
  int64_t elements = fold.has_partner ? n : 0;
  int64_t messages = fold.has_partner ? 1 : 0;
  // Of what a round halves, one half is sent to be summed and the other when it is summed.
  int64_t held = n;
  for (int distance = fold.core / 2; fold.in_core && distance > 0; distance /= 2) {
    elements += held;
    messages += 2;
    held = (rank & distance) != 0 ? held - held / 2 : held / 2;
  }
  return {4 * elements, 4 * elements, messages, messages};
}

}  // namespace laconic::comm
