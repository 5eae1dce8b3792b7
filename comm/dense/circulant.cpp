// The allreduce on a circulant: the messages and bytes of Rabenseifner for any number of ranks, at
// the price of a copy to memory of its own and back. See comm/circulant.hpp.
//   bytes sent: 4n 2(P-1)/P, to rounding      messages sent: 2 ceil(log2 P)
#include "comm/circulant.hpp"

#include <functional>

#include "comm/dense/dense.hpp"

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

}  // namespace

std::unique_ptr<Allreduce> make_circulant() {
  return std::make_unique<Circulant>();
}

Traffic circulant_traffic(int64_t n, int rank, int ranks) {
  const TurnedSegments segments(n, rank, ranks);
  Traffic traffic;
  circulant_rounds(ranks, [&](int kept, int held) {
    // What leaves to be summed comes back summed, and what arrived to be summed leaves summed.
    const int64_t both = 4 * (segments.length(kept, held) + segments.length(0, held - kept));
    traffic += {both, both, 2, 2};
  });
  return traffic;
}

}  // namespace laconic::comm
