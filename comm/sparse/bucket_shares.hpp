// How a budget of k pairs is shared between the buckets of a gradient, when each bucket selects by
// itself and leaves before the others are known. Every step each rank estimates, from a sample of
// each bucket's magnitudes, how many of the k largest of the whole accumulator lie in which bucket;
// the estimates of all ranks are summed and decide the next step. The same on all ranks; depends on
// nothing but data.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/state.hpp"
#include "framework/ops/select/select.hpp"

namespace laconic::comm {

class BucketShares {
 public:
  // lengths: elements of each bucket.
  explicit BucketShares(std::vector<int64_t> lengths);

  // Samples one bucket's accumulator; buckets may be sampled by different threads.
  void sample(int64_t bucket, const ops::Accumulator& accumulator);
  // This rank's estimates, one a bucket, after all were sampled; to be summed over the ranks.
  void estimate(int64_t k, std::span<double> estimates);
  // Takes the sums over the ranks.
  void set(std::span<const double> sums);
  // k cut by the shares: sums to k as far as lengths allow, at least 1 a bucket that has elements.
  void cut(int64_t k, std::span<int64_t> ks) const;

  void visit_state(StateList& state) { state.add("exchange/shares", std::span(shares_)); }

 private:
  // A quarter of an octave each.
  static constexpr int bin_shift = 21;
  static constexpr int bins = 1 << (31 - bin_shift);

  std::vector<int64_t> lengths_;
  std::vector<double> shares_;     // relative weights
  std::vector<float> histograms_;  // [bucket][bin], in elements of the bucket
};

}  // namespace laconic::comm
