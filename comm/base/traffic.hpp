// Payload bytes and messages of this rank that crossed the wire, counted by the transport.
#pragma once

#include <cstdint>

namespace laconic::comm {

struct Traffic {
  int64_t bytes_sent = 0;
  int64_t bytes_received = 0;
  int64_t messages_sent = 0;
  int64_t messages_received = 0;

  Traffic& operator+=(const Traffic& o) {
    bytes_sent += o.bytes_sent;
    bytes_received += o.bytes_received;
    messages_sent += o.messages_sent;
    messages_received += o.messages_received;
    return *this;
  }
  friend Traffic operator-(Traffic a, const Traffic& b) {
    return {a.bytes_sent - b.bytes_sent, a.bytes_received - b.bytes_received,
            a.messages_sent - b.messages_sent, a.messages_received - b.messages_received};
  }
};

}  // namespace laconic::comm
