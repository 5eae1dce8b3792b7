#include "comm/gradient/shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/base/equal_cut.hpp"

namespace laconic::comm {
namespace {

// Elements are sampled in runs as long as a cache line.
constexpr int64_t run_length = 16;
constexpr int64_t largest_sample = 1024 * run_length;
constexpr int64_t runs_ahead = 8;  // prefetched, since each is on another page

}  // namespace

BucketShares::BucketShares(std::vector<int64_t> lengths)
    : lengths_(std::move(lengths)),
      shares_(lengths_.begin(), lengths_.end()),
      histograms_(lengths_.size() * bins) {}

void BucketShares::sample(int64_t bucket, const ops::Accumulator& accumulator) {
  const int64_t n = accumulator.size();
  const std::span<float> histogram = std::span(histograms_).subspan(bucket * bins, bins);
  std::fill(histogram.begin(), histogram.end(), 0.0f);
  if (n == 0) return;
  const int64_t runs = std::max<int64_t>(1, std::min(n, largest_sample) / run_length);
  const auto begin_of = [=](int64_t run) { return equal_cut(n, runs, run); };
  int64_t looked_at = 0;
  for (int64_t run = 0; run < runs; ++run) {
    const int64_t ahead = begin_of(std::min(run + runs_ahead, runs - 1));
    __builtin_prefetch(accumulator.gradient.data() + ahead);
    if (!accumulator.residual.empty()) __builtin_prefetch(accumulator.residual.data() + ahead);
    const int64_t begin = begin_of(run);
    const int64_t end = std::min(begin + run_length, n);
    for (int64_t i = begin; i < end; ++i, ++looked_at) {
      const float residual = accumulator.residual.empty() ? 0 : accumulator.residual[i];
      const float value = accumulator.residual_scale * residual + accumulator.gradient[i];
      histogram[ops::magnitude_bits(value) >> bin_shift] += 1;
    }
  }
  const auto weight = static_cast<float>(static_cast<double>(n) / static_cast<double>(looked_at));
  for (float& count : histogram) count *= weight;
}

void BucketShares::estimate(int64_t k, std::span<double> estimates) {
  std::fill(estimates.begin(), estimates.end(), 0.0);
  // Takes whole bins from the largest magnitudes down while they fit into k, then a part of one.
  // Bin 0 contains zeros, which are never selected.
  double left = static_cast<double>(k);
  for (int bin = bins - 1; bin > 0 && left > 0; --bin) {
    double count = 0;
    for (size_t b = 0; b < lengths_.size(); ++b) count += histograms_[b * bins + bin];
    if (count == 0) continue;
    const double part = std::min(1.0, left / count);
    for (size_t b = 0; b < lengths_.size(); ++b) estimates[b] += part * histograms_[b * bins + bin];
    left -= count;
  }
}

void BucketShares::set(std::span<const double> sums) {
  // Estimates that are all zero or not finite change nothing.
  const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
  if (std::isfinite(total) && total > 0) std::copy(sums.begin(), sums.end(), shares_.begin());
}

void BucketShares::cut(int64_t k, std::span<int64_t> ks) const {
  const double total = std::accumulate(shares_.begin(), shares_.end(), 0.0);
  int64_t given = 0;
  for (size_t b = 0; b < lengths_.size(); ++b) {
    const double wanted = total > 0 ? static_cast<double>(k) * shares_[b] / total : 0;
    ks[b] = std::min(lengths_[b], std::max<int64_t>(1, static_cast<int64_t>(wanted)));
    if (k == 0) ks[b] = 0;
    given += ks[b];
  }
  // A remainder from rounding goes to the first buckets that can take it; an excess is taken from
  // the largest.
  for (size_t b = 0; b < lengths_.size() && given < k; ++b) {
    const int64_t more = std::min(lengths_[b] - ks[b], k - given);
    ks[b] += more;
    given += more;
  }
  while (given > k) {
    const auto largest = std::max_element(ks.begin(), ks.end());
    if (*largest <= 1) return;
    const int64_t less = std::min(given - k, *largest - 1);
    *largest -= less;
    given -= less;
  }
}

}  // namespace laconic::comm
