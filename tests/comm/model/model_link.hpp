// A modelled link whose constants are powers of two, so that sums of times are exact, and bytes
// that pass over it.
#pragma once

#include <cstddef>
#include <vector>

#include "comm/base/collectives.hpp"
#include "comm/model/model.hpp"

namespace laconic::comm::test {

inline constexpr double alpha = 1.0 / 1024;      // s
inline constexpr double beta = 1.0 / (1 << 20);  // s a byte
inline constexpr Link link{.latency_s = alpha, .bytes_per_s = 1 / beta};

inline void send_bytes(Communicator& c, int peer, size_t bytes) {
  const std::vector<std::byte> memory(bytes);
  c.wait(c.send(peer, reduce_tag, memory));
}

inline void receive_bytes(Communicator& c, int peer, size_t bytes) {
  std::vector<std::byte> memory(bytes);
  c.wait(c.receive(peer, reduce_tag, memory));
}

}  // namespace laconic::comm::test
