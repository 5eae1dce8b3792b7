// Matches the messages and receives of one rank: a hash table from (sender, tag) to a queue of
// transfers whose other half is missing. Empty queues are removed, so the table grows with the
// number of transfers in flight, not with the number of peers. It stores the numbers of transfers;
// each transfer contains the number of the next one in its queue.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace laconic::comm {

inline constexpr int32_t no_transfer = -1;

class Mailbox {
 public:
  struct Queue {
    uint64_t key = 0;  // 0: the place is free
    int32_t first = no_transfer;
    int32_t last = no_transfer;
  };

  static uint64_t key_of(int sender, int tag) {
    return (static_cast<uint64_t>(sender) << 32) + static_cast<uint32_t>(tag) + 1;
  }

  // Returns the queue of `key`; nullptr if there is none. Pointers are valid until the next add()
  // or remove().
  Queue* find(uint64_t key) {
    if (used_ == 0) return nullptr;
    for (size_t i = home_of(key);; i = after(i)) {
      if (places_[i].key == key) return &places_[i];
      if (places_[i].key == 0) return nullptr;
    }
  }

  // Adds a queue with one transfer under a key that has none.
  void add(uint64_t key, int32_t transfer) {
    if (2 * (used_ + 1) > places_.size()) grow();
    put({key, transfer, transfer});
    ++used_;
  }

  void remove(Queue* queue) {
    // The entries behind move up if that brings them nearer to their home places.
    size_t hole = static_cast<size_t>(queue - places_.data());
    for (size_t i = after(hole); places_[i].key != 0; i = after(i))
      if (distance(home_of(places_[i].key), i) >= distance(hole, i)) {
        places_[hole] = places_[i];
        hole = i;
      }
    places_[hole] = {};
    --used_;
  }

  size_t size() const { return used_; }
  size_t capacity() const { return places_.size(); }

 private:
  size_t after(size_t i) const { return (i + 1) & (places_.size() - 1); }
  size_t distance(size_t from, size_t to) const { return (to - from) & (places_.size() - 1); }
  size_t home_of(uint64_t key) const {
    return key * 0x9E3779B97F4A7C15u >> (64 - std::countr_zero(places_.size()));
  }

  void put(const Queue& queue) {
    size_t i = home_of(queue.key);
    while (places_[i].key != 0) i = after(i);
    places_[i] = queue;
  }

  void grow() {
    const std::vector<Queue> old = std::move(places_);
    places_ = std::vector<Queue>(old.empty() ? 4 : 2 * old.size());
    for (const Queue& queue : old)
      if (queue.key != 0) put(queue);
  }

  std::vector<Queue> places_;  // a power of two; at least half are free
  size_t used_ = 0;
};

}  // namespace laconic::comm
