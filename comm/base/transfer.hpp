// Blocking transfers.
// Errors: those of Communicator::wait().
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "comm/base/communicator.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {

inline void send(Communicator& communicator, int peer, Tag tag, std::span<const std::byte> bytes) {
  communicator.wait(communicator.send(peer, tag, bytes));
}

inline void receive(Communicator& communicator, int peer, Tag tag, std::span<std::byte> bytes) {
  communicator.wait(communicator.receive(peer, tag, bytes));
}

// Receives a message of any length. It replaces everything in `bytes` behind the first `kept`
// bytes.
inline void receive_whole(Communicator& communicator, int peer, Tag tag,
                          std::vector<std::byte>& bytes, size_t kept = 0) {
  const auto length = static_cast<size_t>(communicator.next_size(peer, tag));
  make_room(bytes, kept + length);
  bytes.resize(kept + length);
  receive(communicator, peer, tag, std::span(bytes).subspan(kept));
}

// One message to rank `to`, and one from rank `from`.
struct Swap {
  int to = 0;
  std::span<const std::byte> out;
  int from = 0;
  std::span<std::byte> in;
};

// Sends and receives at once. Calls arrived() when `in` has arrived; `out` may still be in flight.
template <class Arrived>
void send_and_receive(Communicator& communicator, Tag tag, const Swap& swap, Arrived arrived) {
  const Request incoming = communicator.receive(swap.from, tag, swap.in);
  const Request outgoing = communicator.send(swap.to, tag, swap.out);
  communicator.wait(incoming);
  arrived();
  communicator.wait(outgoing);
}

inline void send_and_receive(Communicator& communicator, Tag tag, const Swap& swap) {
  send_and_receive(communicator, tag, swap, [] {});
}

}  // namespace laconic::comm
