// Sums over the batches of a step, for all micro-batches and ranks: rows, targets, the loss, and
// the other measurements that the task declares. Each measurement is a sum over targets.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace laconic {

class BatchSums {
 public:
  static constexpr size_t most_measurements = 6;  // the loss is the first

  double& rows() { return values_[0]; }
  double& targets() { return values_[1]; }
  double& measurement(size_t i) { return values_[2 + i]; }
  // Returns the mean over targets; 0 if there are none.
  double mean(size_t i) const { return values_[1] > 0 ? values_[2 + i] / values_[1] : 0; }

  std::span<double> values() { return values_; }  // to be added up

 private:
  std::array<double, 2 + most_measurements> values_{};
};

}  // namespace laconic
