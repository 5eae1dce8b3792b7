// Divides a budget of k pairs between the buckets of a gradient. Each bucket selects by itself and
// is sent before the others are known. In every step each rank samples the magnitudes of each
// bucket. From them it estimates how many of the k largest elements of the whole accumulator are in
// each bucket. The estimates are summed over the ranks and decide the next step. Shares are the
// same on all ranks and depend on data alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/device/state.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

class BucketShares {
 public:
  // `lengths`: number of elements of each bucket.
  explicit BucketShares(std::vector<int64_t> lengths);

  // Samples the accumulator of one bucket.
  // Thread safety: different threads may sample different buckets.
  void sample(int64_t bucket, const ops::Accumulator& accumulator);
  // Writes this rank's estimates, one per bucket, after all buckets were sampled. The caller sums
  // them over the ranks.
  void estimate(int64_t k, std::span<double> estimates);
  // Sets the shares from the estimates' sums over the ranks.
  void set(std::span<const double> sums);
  // Divides k by the shares. The parts sum to k as far as lengths allow; a bucket that has elements
  // gets at least 1.
  void cut(int64_t k, std::span<int64_t> ks) const;

  void visit_state(StateList& state) { state.add("exchange/shares", std::span(shares_)); }

 private:
  // A bin is a quarter of an octave wide.
  static constexpr int bin_shift = 21;
  static constexpr int bins = 1 << (31 - bin_shift);

  std::vector<int64_t> lengths_;
  std::vector<double> shares_;     // relative weights
  std::vector<float> histograms_;  // [bucket][bin], numbers of elements of the bucket
};

}  // namespace laconic::comm
