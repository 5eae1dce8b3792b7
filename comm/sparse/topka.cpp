// TopkA: an allgather of every rank's selection; each rank sums all of them. It is simple and
// exact, and receives 2k(P-1) words per rank. Selected elements leave the residual.
// Gaussiank (Shi et al. 2019) does the same, but estimates the threshold from a fitted normal
// distribution. So the number of pairs varies.
#include <algorithm>
#include <bit>
#include <cmath>

#include "comm/base/allreduce.hpp"
#include "comm/base/log2.hpp"
#include "comm/base/tags.hpp"
#include "comm/sparse/options.hpp"
#include "comm/sparse/pair_exchange.hpp"

namespace laconic::comm {
namespace {

class TopkA : public SparseAllreduce {
 public:
  using SparseAllreduce::SparseAllreduce;

  void sum_pairs(Communicator& communicator, const ops::SparseVector& selected, int64_t length,
                 int64_t, SparseSum& result) override {
    round(selected, result.delivered);
    write_spanning_pairs(format_, view(result.delivered), gather_.block());
    gather_.run(communicator, gather_tag);
    pair_sum_.open(0, length);
    for (int rank = 0; rank < communicator.size(); ++rank) {
      arrived_.clear();
      read_spanning_pairs(format_, gather_.of(rank), {0, length}, arrived_);
      pair_sum_.add(arrived_.indices, arrived_.values);
    }
    pair_sum_.take(result.sum);
  }

 private:
  BlockGather gather_;
  ops::PairSum pair_sum_;
  ops::SparseVector arrived_;
};

// Returns z with P(|normal| > z) = share, by bisection: the standard library has the integral but
// not its inverse.
double two_sided_quantile(double share) {
  double low = 0;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) > share ? low : high) = middle;
  }
  return low;
}

class Gaussiank : public TopkA {
 public:
  using TopkA::TopkA;

  ops::Selected select(const ops::Accumulator& accumulator, int64_t k, int,
                       ops::SparseVector& selected) override {
    const ops::Moments moments = ops::moments(context_, accumulator);
    const double share = static_cast<double>(k) / static_cast<double>(accumulator.size());
    double threshold = std::abs(moments.mean) + two_sided_quantile(share) * moments.deviation;
    // The original's corrections: at most three, each by half, until the count is in [2k/3, 4k/3].
    ops::Selected found;
    for (int correction = 0;; ++correction) {
      found = ops::above(context_, accumulator, ops::magnitude_bits(static_cast<float>(threshold)),
                         selected);
      const int64_t count = selected.size();
      if (!found.finite || correction == 3 || (3 * count >= 2 * k && 3 * count <= 4 * k))
        return found;
      threshold *= 3 * count < 2 * k ? 0.5 : 1.5;
    }
  }
};

}  // namespace

AllreduceEntry topka() {
  return {.name = "topka",
          .help = "allgather of every rank's top-k",
          .make_options = config::make<SharedOptions<TopkA>>,
          .messages = [](int P) { return 1.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return static_cast<double>(k) * (P - 1); }};
}

AllreduceEntry gaussiank() {
  return {.name = "gaussiank",
          .help = "topka with a threshold estimated from a fitted normal distribution",
          .make_options = config::make<SharedOptions<Gaussiank>>,
          .messages = [](int P) { return 1.0 * log2_ceil(P); },
          .pairs = [](int64_t k, int P) { return static_cast<double>(k) * (P - 1); }};
}

}  // namespace laconic::comm
