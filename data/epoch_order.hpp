// The order of one epoch. The units are shuffled by (seed, epoch) and cut into groups of at most
// `units_per_batch` units. Each unit is in exactly one group.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace laconic::data {

class EpochOrder {
 public:
  EpochOrder(int32_t units, int32_t units_per_batch);
  void set(uint64_t seed, int64_t epoch);
  int64_t groups() const;
  std::span<const int32_t> group(int64_t i) const;  // ascending

 private:
  int32_t per_batch_;
  std::vector<int32_t> order_;
};

}  // namespace laconic::data
