// One rank's end of a group of ranks. It sends and receives messages of bytes, and counts them. All
// collectives of laconic use this interface alone.
//
// Thread safety: one thread uses a communicator at a time (the communication thread of an
// Exchange); interrupt() and waits_for() may be called by any thread.
// Errors: a wait for a dead peer, or one longer than the timeout, ends with Error(communication).
// After such an error the communicator can only be destroyed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "comm/base/tags.hpp"
#include "comm/base/traffic_by_tag.hpp"

namespace laconic::comm {

// A started transfer. Call wait() exactly once for it, before its memory is used again.
struct Request {
  int64_t handle = -1;
};

// What a rank waits for inside the transport. Times are nanoseconds of the steady clock.
struct Wait {
  int64_t since_ns = 0;  // 0: the rank does not wait
  std::string what;      // "receives from rank 1 (tag reduce, 100 bytes)"
};

class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual const char* transport() const = 0;  // "self", "thread", "mpi", "shaped", "model"

  // Start a transfer. Messages between two ranks with the same tag keep their order. Both sides
  // must pass the same length. Tags have numbers from 0 to 32767.
  virtual Request send(int peer, Tag tag, std::span<const std::byte> bytes) = 0;
  virtual Request receive(int peer, Tag tag, std::span<std::byte> bytes) = 0;
  virtual void wait(Request request) = 0;
  // Waits for the next message of this peer and tag, and returns its length in bytes; the receive
  // that follows must ask for exactly this length. No receive of this peer and tag may be in
  // flight, and the message must be shorter than 1 GiB, since some transports cut longer ones.
  virtual int64_t next_size(int peer, Tag tag) = 0;

  // Returns a group of the ranks with the same colour (>= 0), ordered by (key, rank). Collective.
  virtual std::unique_ptr<Communicator> split(int colour, int key) = 0;

  // Sums with the MPI library's own MPI_Allreduce; returns false where the transport has none. Its
  // bytes are not counted, and it has no timeout.
  virtual bool vendor_sum(std::span<float>) { return false; }

  // Ends the wait in progress and all later ones with Error(communication), so that the thread that
  // uses this communicator can be joined.
  // Thread-safe.
  virtual void interrupt() { interrupted_ = true; }
  // Returns what this rank waits for. A watchdog uses it for transports whose calls may never
  // return. Other transports return an empty Wait.
  // Thread-safe.
  virtual Wait waits_for() const { return {}; }

  const Traffic& traffic() const { return traffic_; }
  const Traffic& traffic(Tag tag) const { return by_tag_[tag]; }
  const TrafficByTag& traffic_by_tag() const { return by_tag_; }
  virtual void set_timeout(double seconds) { timeout_s_ = seconds; }

 protected:
  // Every transport calls these once per message.
  void count_sent(Tag tag, int64_t bytes) { count(tag, {.bytes_sent = bytes, .messages_sent = 1}); }
  void count_received(Tag tag, int64_t bytes) {
    count(tag, {.bytes_received = bytes, .messages_received = 1});
  }

  double timeout_s_ = 600;
  std::atomic<bool> interrupted_ = false;

 private:
  void count(Tag tag, const Traffic& moved) {
    traffic_ += moved;
    by_tag_[tag] += moved;
  }

  Traffic traffic_;
  TrafficByTag by_tag_;
};

}  // namespace laconic::comm
