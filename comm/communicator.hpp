// One rank's end of a group of ranks: point-to-point messages of bytes, counted. All collectives of
// laconic are built on this and nothing else. A communicator is used by one thread at a time (the
// communication thread of an Exchange). A dead peer, or one silent for longer than the timeout,
// ends the wait with Error(communication). After such an error the communicator is good for nothing
// but to be destroyed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "comm/tags.hpp"
#include "comm/traffic.hpp"

namespace laconic::comm {

// A started transfer; wait() it exactly once before the memory it names is reused.
struct Request {
  int64_t handle = -1;
};

// What a rank waits for inside the transport.
struct Wait {
  int64_t since_ns = 0;  // by the steady clock; 0: it does not wait
  std::string what;      // "receives from rank 1 (tag reduce, 100 bytes)"
};

class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual const char* transport() const = 0;  // "self", "thread", "mpi", "shaped", "model"

  // Messages between two ranks with one tag keep their order. Lengths of both sides must agree.
  // Tags: 0..32767.
  virtual Request send(int peer, int tag, std::span<const std::byte> bytes) = 0;
  virtual Request receive(int peer, int tag, std::span<std::byte> bytes) = 0;
  virtual void wait(Request request) = 0;
  // Waits until the next message of this peer and tag is at hand and gives its bytes, for a receive
  // of exactly so many. Not while a receive of this peer and tag is under way, nor for messages of
  // 1 GiB and more, which some transports cut.
  virtual int64_t next_size(int peer, int tag) = 0;

  // A group of the ranks with the same colour (>= 0), ordered by (key, rank). Collective.
  virtual std::unique_ptr<Communicator> split(int colour, int key) = 0;

  // The vendor's own sum (MPI_Allreduce); false where the transport has none. Bytes are the
  // vendor's business, and so is the time: it knows no timeout.
  virtual bool vendor_sum(std::span<float>) { return false; }

  // Of the two calls that another thread may make: ends a wait that is under way, and all later
  // ones, with Error(communication), so that the thread that uses this communicator can be joined.
  virtual void interrupt() { interrupted_ = true; }
  // And this: for a watchdog over transports whose calls may never return. Others say nothing.
  virtual Wait waits_for() const { return {}; }

  const Traffic& traffic() const { return traffic_; }
  // Its part with this tag; tags without a name (tags.hpp) are counted together.
  const Traffic& traffic(int tag) const { return by_tag_[tag_place(tag)]; }
  virtual void set_timeout(double seconds) { timeout_s_ = seconds; }

 protected:
  // Every transport counts each message once, by these.
  void count_sent(int tag, int64_t bytes) { count(tag, {.bytes_sent = bytes, .messages_sent = 1}); }
  void count_received(int tag, int64_t bytes) {
    count(tag, {.bytes_received = bytes, .messages_received = 1});
  }

  double timeout_s_ = 600;
  std::atomic<bool> interrupted_ = false;

 private:
  void count(int tag, const Traffic& moved) {
    traffic_ += moved;
    by_tag_[tag_place(tag)] += moved;
  }

  Traffic traffic_;
  std::array<Traffic, tag_places> by_tag_;
};

}  // namespace laconic::comm
