// The list of all state that must survive a restart. A component adds its named arrays once; the
// checkpoint, the fingerprint and the memory report all use the same list. An array may have no
// memory yet (buffer.hpp). Its bytes are counted anyway, and reading a checkpoint allocates them.
//
// Lifetime: the arrays must outlive the list and must not move.
#pragma once

#include <cstdint>
#include <functional>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "framework/base/error.hpp"
#include "framework/device/buffer.hpp"

namespace laconic {

enum class Placement {
  replicated,  // equal on all ranks; rank 0 writes it
  rank_sum,    // differs between ranks; only the sum over ranks has meaning (error-feedback
               // residuals)
  rank_mean,   // differs between ranks; with another number of ranks all have the mean (statistics)
  rank0,       // differs between ranks; with another number of ranks all have that of rank 0
  per_rank,    // differs between ranks; with another number of ranks it keeps its initial values
  keyed,  // belongs to a logical site, client, chain or node; the one rank that hosts it writes
          // it; any rank may read it, with any number of ranks
};

enum class DataType { float32, float64, int32, int64, uint64 };

constexpr int64_t element_size(DataType type) {  // bytes
  return type == DataType::float32 || type == DataType::int32 ? 4 : 8;
}

template <class T>
constexpr DataType data_type() {
  if constexpr (std::is_same_v<T, float>) {
    return DataType::float32;
  } else if constexpr (std::is_same_v<T, double>) {
    return DataType::float64;
  } else if constexpr (std::is_same_v<T, int32_t>) {
    return DataType::int32;
  } else if constexpr (std::is_same_v<T, int64_t>) {
    return DataType::int64;
  } else {
    static_assert(std::is_same_v<T, uint64_t>, "state has elements of a DataType");
    return DataType::uint64;
  }
}

struct StateEntry {
  std::string name;  // slash-separated: "optimizer/moment1"
  DataType type;
  Placement placement;
  int64_t count;  // elements declared; if the length varies, those at the time of listing
  bool varies;    // is read back with the length with which it was written

  // Returns the bytes of the elements; empty while there is no memory.
  std::function<std::span<std::byte>()> memory;
  // Allocates memory for `count` elements, if there is none, and returns it. New elements are
  // zeros. `count` may differ from the declared number only if the length varies.
  std::function<std::span<std::byte>(int64_t count)> make;

  int64_t bytes() const { return count * element_size(type); }
  // Returns the bytes of all declared elements, whose memory must be there.
  std::span<const std::byte> contents() const {
    const std::span<const std::byte> all = memory();
    LACONIC_CHECK(std::ssize(all) == bytes(), "{}: {} bytes of memory, {} declared", name,
                  all.size(), bytes());
    return all;
  }
};

// Returns the name of keyed state: "client/17/correction" is the correction of client 17.
inline std::string keyed_name(const std::string& kind, int64_t key, const std::string& name) {
  return kind + "/" + std::to_string(key) + "/" + name;
}

class StateList {
 public:
  void add(StateEntry entry) { entries_.push_back(std::move(entry)); }

  // Adds memory that exists and keeps its length: a span, or a vector or array.
  // Lifetime: the memory must outlive the list.
  template <std::ranges::contiguous_range Range>
  requires std::ranges::borrowed_range<Range>
  void add(const std::string& name, Range&& values, Placement p = Placement::replicated) {
    using T = std::ranges::range_value_t<Range>;
    const auto bytes = std::as_writable_bytes(std::span<T>(values));
    put<T>(
        name, p, std::ssize(values), [=] { return bytes; }, [=](int64_t) { return bytes; });
  }

  // Adds an array that may have no memory yet.
  template <class T>
  void add(const std::string& name, device::Buffer<T>& buffer,
           Placement p = Placement::replicated) {
    put<T>(
        name, p, buffer.size(),
        [&buffer] {
          return buffer.is_allocated() ? std::as_writable_bytes(buffer.span())
                                       : std::span<std::byte>();
        },
        [&buffer](int64_t) {
          buffer.allocate();
          return std::as_writable_bytes(buffer.span());
        });
  }

  template <class T>
  void add_value(const std::string& name, T& value, Placement p = Placement::replicated) {
    add(name, std::span<T>(&value, 1), p);
  }

  // Adds an array whose length varies. It is read back with the length that it had when it was
  // written. rank_sum and rank_mean are not allowed, since arrays of different lengths have no sum.
  template <class T>
  void add_varying(const std::string& name, std::vector<T>& values,
                   Placement p = Placement::replicated) {
    LACONIC_CHECK(p != Placement::rank_sum && p != Placement::rank_mean, "{} varies in length",
                  name);
    put<T>(
        name, p, std::ssize(values),
        [&values] { return std::as_writable_bytes(std::span(values)); },
        [&values](int64_t count) {
          values.resize(static_cast<size_t>(count));
          return std::as_writable_bytes(std::span(values));
        });
    entries_.back().varies = true;
  }

  // Adds state of a logical site, client, chain or node: an array as in add(). When a checkpoint is
  // written, only the rank that hosts the state may list it.
  // For a single value: add_value(keyed_name(...), value, Placement::keyed). add_varying()
  // likewise.
  template <class Array>
  void add_keyed(const std::string& kind, int64_t key, const std::string& name, Array&& array) {
    add(keyed_name(kind, key, name), std::forward<Array>(array), Placement::keyed);
  }

  // Adds the entries of another list as keyed ones.
  void add_keyed(const std::string& kind, int64_t key, const StateList& list) {
    for (StateEntry entry : list.entries_) {
      entry.name = keyed_name(kind, key, entry.name);
      entry.placement = Placement::keyed;
      entries_.push_back(std::move(entry));
    }
  }

  // Adds the entries of another list: `name` becomes `place`/`name`.
  void add_under(const std::string& place, const StateList& list) {
    for (StateEntry entry : list.entries_) {
      entry.name = place + "/" + entry.name;
      entries_.push_back(std::move(entry));
    }
  }

  const std::vector<StateEntry>& entries() const { return entries_; }
  int64_t bytes() const {  // declared, whether or not there is memory
    int64_t sum = 0;
    for (const StateEntry& entry : entries_) sum += entry.bytes();
    return sum;
  }

 private:
  template <class T, class Memory, class Make>
  void put(const std::string& name, Placement p, int64_t count, Memory memory, Make make) {
    entries_.push_back({name, data_type<T>(), p, count, false, std::move(memory), std::move(make)});
  }
  std::vector<StateEntry> entries_;
};

}  // namespace laconic
