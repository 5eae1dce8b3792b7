// The reference: rank 0 gathers every vector, adds them in rank order and sends the sum to every
// rank.
//   bytes sent     4n; by rank 0: 4n(P-1)
//   messages sent  1; by rank 0: P-1
#include <vector>

#include "comm/base/allreduce.hpp"
#include "comm/base/transfer.hpp"

namespace laconic::comm {
namespace {

class Ref : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    const std::span<std::byte> bytes = std::as_writable_bytes(values);
    if (communicator.rank() != 0) {
      send(communicator, 0, reduce_tag, bytes);
      receive(communicator, 0, gather_tag, bytes);
      return;
    }
    theirs_.resize(values.size());
    for (int peer = 1; peer < communicator.size(); ++peer) {
      receive(communicator, peer, reduce_tag, std::as_writable_bytes(std::span(theirs_)));
      for (size_t i = 0; i < values.size(); ++i) values[i] += theirs_[i];
    }
    for (int peer = 1; peer < communicator.size(); ++peer)
      send(communicator, peer, gather_tag, bytes);
  }

 private:
  std::vector<float> theirs_;
};

Traffic ref_traffic(const Link&, int64_t n, int rank, int ranks) {
  const int64_t messages = rank == 0 ? ranks - 1 : 1;
  return {4 * n * messages, 4 * n * messages, messages, messages};
}

double ref_seconds(const Link& link, int64_t n, int ranks) {
  return ranks == 1 ? 0 : 2 * (link.latency_s + (ranks - 1) * link.occupied_s(4 * n));
}

}  // namespace

AllreduceEntry ref() {
  return {
      .name = "ref",
      .help = "gather, sum in rank order, broadcast: slow and obvious, the reference of the tests",
      .make = make_allreduce<Ref>,
      .traffic = ref_traffic,
      .seconds = ref_seconds};
}

}  // namespace laconic::comm
