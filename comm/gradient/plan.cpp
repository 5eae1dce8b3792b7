#include "comm/gradient/plan.hpp"

#include <algorithm>
#include <cmath>

#include "comm/sparse/options.hpp"
#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {

std::vector<int64_t> bucket_ends(int64_t elements, double bucket_mb) {
  const double largest = bucket_mb * 1e6 / sizeof(float);
  const double wanted = std::ceil(static_cast<double>(elements) / std::max(largest, 1.0));
  if (largest > 0 && wanted > most_buckets)
    fail(ExitCode::config,
         "comm.bucket_mb: {} cuts {} gradient elements into {:.0f} buckets; allowed: at most {}, "
         "so at least {:.3g}, or 0",
         bucket_mb, elements, wanted, most_buckets,
         static_cast<double>(elements) * sizeof(float) * 1e-6 / most_buckets);
  const int64_t buckets =
      std::min(elements, largest > 0 ? std::max<int64_t>(1, static_cast<int64_t>(wanted)) : 1);
  std::vector<int64_t> ends;
  for (int64_t b = 1; b <= buckets; ++b) ends.push_back(equal_cut(elements, buckets, b));
  return ends;
}

std::vector<int64_t> lengths_of(const std::vector<int64_t>& ends) {
  std::vector<int64_t> lengths;
  for (size_t b = 0; b < ends.size(); ++b) lengths.push_back(ends[b] - (b == 0 ? 0 : ends[b - 1]));
  return lengths;
}

GradientPlan::GradientPlan(const AllreduceChoice& allreduce, const DensityOptions& options,
                           const Link& link, int ranks, int64_t elements, int64_t steps)
    : allreduce_(allreduce),
      options_(options),
      density_(options, steps),
      link_(link),
      ranks_(ranks),
      elements_(elements) {}

int64_t GradientPlan::pairs(int64_t steps) const {
  const double pairs = density_.at(steps) * static_cast<double>(elements_);
  return std::clamp<int64_t>(static_cast<int64_t>(pairs), 1, std::max<int64_t>(elements_, 1));
}

double GradientPlan::bytes_per_pair() const {
  return allreduce_.as<SparseOptions>().format.bytes_per_pair();
}

BucketSeconds GradientPlan::predict(int64_t length, int64_t k) const {
  const AllreduceEntry& entry = allreduce_.entry();
  const auto bytes = static_cast<int64_t>(entry.pairs(k, ranks_) * bytes_per_pair());
  // It reads all elements, then sends its messages one after the other.
  return {entry.messages(ranks_) * link_.latency_s + link_.occupied_s(bytes) +
              static_cast<double>(length) * link_.element_s,
          find_allreduce("dense").seconds(link_, length, ranks_)};
}

bool GradientPlan::is_dense(int64_t length, int64_t k) const {
  constexpr double worth_it = 0.8;  // the prediction is rough, and a dense sum loses nothing
  if (k == length) return true;
  const BucketSeconds seconds = predict(length, k);
  return options_.auto_dense && seconds.sparse >= worth_it * seconds.dense;
}

double GradientPlan::bytes(int64_t length, int64_t k) const {
  const AllreduceEntry& entry = allreduce_.entry();
  if (is_sparse() && !is_dense(length, k)) return entry.pairs(k, ranks_) * bytes_per_pair();
  const AllreduceEntry& dense = is_sparse() ? find_allreduce("dense") : entry;
  return static_cast<double>(dense.traffic(link_, length, 0, ranks_).bytes_sent);
}

double GradientPlan::seconds(int64_t length, int64_t k) const {
  if (is_sparse() && !is_dense(length, k)) return predict(length, k).sparse;
  return find_allreduce("dense").seconds(link_, length, ranks_);
}

int64_t GradientPlan::buffer_bytes(const GradientOptions& options) const {
  // Bytes per pair: in all copies during the selection, and in buffers during the exchange.
  constexpr int64_t at_selection = 64, on_the_way = 24;
  const AllreduceEntry& entry = allreduce_.entry();
  // The first sparse step has the most pairs; memory stays.
  const double most_pairs = static_cast<double>(pairs(options_.dense_steps));
  int64_t longest_dense = 0, sparse = 0;
  for (const int64_t length : lengths_of(bucket_ends(elements_, options.bucket_mb))) {
    const double share = static_cast<double>(length) / static_cast<double>(elements_);
    const int64_t k = std::llround(most_pairs * share);
    const bool dense = !is_sparse() || is_dense(length, k);
    if (dense || options_.dense_steps > 0) longest_dense = std::max(longest_dense, length);
    if (!dense)
      sparse += length / ranks_ * int64_t{sizeof(float)} + at_selection * k +
                on_the_way * static_cast<int64_t>(entry.pairs(k, ranks_));
  }
  const int64_t xi = is_sparse() && options.xi_every > 0 ? 3 * elements_ : 0;
  return sparse + (longest_dense + xi) * int64_t{sizeof(float)};
}

}  // namespace laconic::comm
