// MPI_Allreduce. The library chooses the algorithm and the order of additions, and its bytes cannot
// be counted. So it is not part of the tests for equal bits, and its cost is modelled as that of a
// bandwidth-optimal allreduce:
//   bytes sent     4n 2(P-1)/P
//   messages sent  2(P-1)
#include "comm/base/allreduce.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

class Vendor : public Allreduce {
 public:
  void sum(Communicator& communicator, std::span<float> values, int64_t) override {
    if (!communicator.vendor_sum(values))
      fail(ExitCode::config, "comm.allreduce: 'vendor' needs MPI, and the transport is '{}'",
           communicator.transport());
  }
};

Traffic vendor_traffic(const Link&, int64_t n, int, int ranks) {
  const int64_t bytes = 4 * n * 2 * (ranks - 1) / ranks;
  const int64_t messages = 2 * (ranks - 1);
  return {bytes, bytes, messages, messages};
}

}  // namespace

AllreduceEntry vendor() {
  return {.name = "vendor",
          .help = "MPI_Allreduce; bytes are modelled, MPI chooses the order of additions",
          .make = make_allreduce<Vendor>,
          .traffic = vendor_traffic,
          .counted = false};
}

}  // namespace laconic::comm
