// Sums over the batches of a step, for all micro-batches and ranks: rows, targets, steps left out,
// the loss, and the other measurements that the task declares. Each measurement is a sum over
// targets.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace laconic {

class BatchSums {
 public:
  static constexpr size_t most_measurements = 5;  // the loss is the first
  static constexpr size_t count = 3 + most_measurements;

  double& rows() { return values_[0]; }
  double& targets() { return values_[1]; }
  double& left_out() { return values_[2]; }  // steps that a rank left out
  double& measurement(size_t i) { return values_[3 + i]; }
  bool has_targets() const { return values_[1] > 0; }
  // Returns the mean over targets; 0 if there are none.
  double mean(size_t i) const { return has_targets() ? values_[3 + i] / values_[1] : 0; }

  bool are_finite() const {
    return std::ranges::all_of(values_, [](double value) { return std::isfinite(value); });
  }
  void add(const BatchSums& other) {
    for (size_t i = 0; i < values_.size(); ++i) values_[i] += other.values_[i];
  }
  std::span<double> values() { return values_; }  // to be added up

 private:
  std::array<double, count> values_{};
};

}  // namespace laconic
