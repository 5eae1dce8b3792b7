// State that must survive a restart is declared once: a component lists its named spans here, and
// the checkpoint, the fingerprint and the memory report all walk the same list.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace laconic {

enum class Placement {
  replicated,  // equal on all ranks; rank 0 writes it
  rank_sum,    // differs between ranks; only the sum over ranks has meaning (error-feedback
               // residuals)
  per_rank,  // differs between ranks and belongs to the rank of a world of this size; starts afresh
             // in another
};

enum class DataType { float32, float64, int32, int64, uint64 };

struct StateEntry {
  std::string name;  // slash-separated: "optimizer/moment1"
  DataType type;
  std::span<std::byte> bytes;
  Placement placement;
};

class StateList {
 public:
  void add(const std::string& name, std::span<float> values, Placement p = Placement::replicated) {
    put(name, DataType::float32, values, p);
  }
  void add(const std::string& name, std::span<double> values, Placement p = Placement::replicated) {
    put(name, DataType::float64, values, p);
  }
  void add(const std::string& name, std::span<int32_t> values,
           Placement p = Placement::replicated) {
    put(name, DataType::int32, values, p);
  }
  void add(const std::string& name, std::span<int64_t> values,
           Placement p = Placement::replicated) {
    put(name, DataType::int64, values, p);
  }
  void add(const std::string& name, std::span<uint64_t> values,
           Placement p = Placement::replicated) {
    put(name, DataType::uint64, values, p);
  }
  template <class T>
  void add_value(const std::string& name, T& value, Placement p = Placement::replicated) {
    add(name, std::span<T>(&value, 1), p);
  }

  const std::vector<StateEntry>& entries() const { return entries_; }
  int64_t bytes() const {
    int64_t sum = 0;
    for (const StateEntry& entry : entries_) sum += static_cast<int64_t>(entry.bytes.size());
    return sum;
  }

 private:
  template <class T>
  void put(const std::string& name, DataType type, std::span<T> values, Placement p) {
    entries_.push_back({name, type, std::as_writable_bytes(values), p});
  }
  std::vector<StateEntry> entries_;
};

}  // namespace laconic
