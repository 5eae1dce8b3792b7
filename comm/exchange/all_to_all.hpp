// A message from each rank to each other rank, all in flight together. Both ends know the lengths,
// so nothing else is sent; empty messages are left out.
//
// Lifetime: the memory of the messages must live until Exchange::finish().
#pragma once

#include <span>
#include <vector>

#include "comm/exchange/exchange.hpp"

namespace laconic::comm {

class AllToAll final : public SumJob {
 public:
  explicit AllToAll(int ranks) : outgoing_(ranks), incoming_(ranks) {}

  // Set the messages to and from a rank for the next run. Those of the rank itself are not used.
  void send(int peer, std::span<const std::byte> bytes) { outgoing_[peer] = bytes; }
  void receive(int peer, std::span<std::byte> bytes) { incoming_[peer] = bytes; }

  void run(Communicator& communicator) override;

 private:
  std::vector<std::span<const std::byte>> outgoing_;  // by rank
  std::vector<std::span<std::byte>> incoming_;
  std::vector<Request> requests_;
};

}  // namespace laconic::comm
