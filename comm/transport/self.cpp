// The world of one rank: there are no peers, and every sum is complete.
#include "comm/transport/transports.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

class Self : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  const char* transport() const override { return "self"; }
  Request send(int peer, Tag, std::span<const std::byte>) override { no_peer(peer); }
  Request receive(int peer, Tag, std::span<std::byte>) override { no_peer(peer); }
  void wait(Request) override { no_peer(0); }
  int64_t next_size(int peer, Tag) override { no_peer(peer); }
  std::unique_ptr<Communicator> split(int, int) override { return make_self(); }
  bool vendor_sum(std::span<float>) override { return true; }

 private:
  [[noreturn]] static void no_peer(int peer) {
    fail(ExitCode::internal, "message with rank {} in a world of one", peer);
  }
};

}  // namespace

std::unique_ptr<Communicator> make_self() {
  return std::make_unique<Self>();
}

}  // namespace laconic::comm
