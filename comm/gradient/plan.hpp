// What a gradient sum will do, decided from options, lengths and ranks alone: buckets, density, and
// the buckets for which a sparse allreduce does not pay. The sum itself (sum.hpp) and
// `laconic plan` use it.
#pragma once

#include <cstdint>
#include <vector>

#include "comm/exchange/list.hpp"
#include "comm/gradient/density.hpp"
#include "comm/gradient/options.hpp"

namespace laconic::comm {

// Every bucket is sent by itself and has its own state.
inline constexpr int64_t most_buckets = 1 << 14;

// Returns where each bucket of a gradient of `elements` ends: equal cuts of at most `bucket_mb`.
// Error(config) if there were more than most_buckets.
std::vector<int64_t> bucket_ends(int64_t elements, double bucket_mb);
std::vector<int64_t> lengths_of(const std::vector<int64_t>& ends);

// The predicted times of the sum of one bucket, in seconds.
struct BucketSeconds {
  double sparse = 0;
  double dense = 0;
};

// How one allreduce sums gradients of `elements` over `ranks`.
class GradientPlan {
 public:
  // `steps`: of the whole run; 0: not known.
  // Lifetime: `allreduce` must outlive this object.
  GradientPlan(const AllreduceChoice& allreduce, const DensityOptions& options, const Link& link,
               int ranks, int64_t elements, int64_t steps);

  bool is_sparse() const { return allreduce_.entry().is_sparse(); }

  const DensitySchedule& density() const { return density_; }
  // Returns the number of pairs k of the step that follows `steps` steps.
  int64_t pairs(int64_t steps) const;
  int64_t steady_pairs() const { return pairs(density_.steps_until_steady()); }

  // Predicts the times of a bucket of `length` elements, of which a sparse allreduce selects k.
  BucketSeconds predict(int64_t length, int64_t k) const;
  // Returns whether a sparse allreduce leaves the bucket to the dense one.
  bool is_dense(int64_t length, int64_t k) const;
  // Returns the bytes that each rank sends in one sum: exact for dense allreduces, expected for
  // sparse ones.
  double bytes(int64_t length, int64_t k) const;
  // Predicts the seconds of one sum of a bucket, by the allreduce that will do it.
  double seconds(int64_t length, int64_t k) const;

  // Estimates the bytes of memory that the sums keep between steps: receive buffers, and the pairs
  // of a sparse allreduce. Residual and velocity are not included.
  int64_t buffer_bytes(const GradientOptions& options) const;

 private:
  double bytes_per_pair() const;

  const AllreduceChoice& allreduce_;
  const DensityOptions options_;
  const DensitySchedule density_;
  const Link link_;
  const int ranks_;
  const int64_t elements_;
};

}  // namespace laconic::comm
