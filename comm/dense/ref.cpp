// The truth: rank 0 gathers every vector, adds them in rank order and sends the sum to every rank.
//   bytes sent: 4n, rank 0: 4n(P-1)      messages sent: 1, rank 0: P-1
#include <vector>

#include "comm/dense/dense.hpp"
#include "comm/tags.hpp"

namespace laconic::comm {
namespace {

class Ref : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    const std::span<std::byte> bytes = std::as_writable_bytes(values);
    if (communicator.rank() != 0) {
      communicator.wait(communicator.send(0, reduce_tag, bytes));
      communicator.wait(communicator.receive(0, gather_tag, bytes));
      return;
    }
    theirs_.resize(values.size());
    for (int peer = 1; peer < communicator.size(); ++peer) {
      communicator.wait(
          communicator.receive(peer, reduce_tag, std::as_writable_bytes(std::span(theirs_))));
      for (size_t i = 0; i < values.size(); ++i) values[i] += theirs_[i];
    }
    for (int peer = 1; peer < communicator.size(); ++peer)
      communicator.wait(communicator.send(peer, gather_tag, bytes));
  }

 private:
  std::vector<float> theirs_;
};

}  // namespace

std::unique_ptr<Allreduce> make_ref() {
  return std::make_unique<Ref>();
}

Traffic ref_traffic(int64_t n, int rank, int ranks) {
  const int64_t messages = rank == 0 ? ranks - 1 : 1;
  return {4 * n * messages, 4 * n * messages, messages, messages};
}

}  // namespace laconic::comm
