// Recursive doubling: the whole vector, log2(P) times. For short vectors, where messages cost and
// bytes do not. See comm/butterfly.hpp.
//   bytes sent: 4n log2(C), C the largest power of two; the ranks of the fold 4n more, and those
//   beyond the core 4n only
#include <functional>

#include "comm/butterfly.hpp"
#include "comm/dense/dense.hpp"

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

}  // namespace

std::unique_ptr<Allreduce> make_recursive_doubling() {
  return std::make_unique<RecursiveDoubling>();
}

Traffic recursive_doubling_traffic(int64_t n, int rank, int ranks) {
  const Fold fold(rank, ranks);
  const int64_t messages = (fold.has_partner ? 1 : 0) + (fold.in_core ? fold.rounds : 0);
  return {4 * n * messages, 4 * n * messages, messages, messages};
}

}  // namespace laconic::comm
