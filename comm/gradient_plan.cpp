#include "comm/gradient_plan.hpp"

#include <algorithm>
#include <cmath>

#include "comm/cost.hpp"
#include "comm/list.hpp"
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
  for (int64_t b = 1; b <= buckets; ++b)
    ends.push_back(elements / buckets * b + elements % buckets * b / buckets);
  return ends;
}

std::vector<int64_t> lengths_of(const std::vector<int64_t>& ends) {
  std::vector<int64_t> lengths;
  for (size_t b = 0; b < ends.size(); ++b) lengths.push_back(ends[b] - (b == 0 ? 0 : ends[b - 1]));
  return lengths;
}

double density_at(const ExchangeOptions& options, int64_t steps) {
  if (steps < options.dense_steps) return 1;
  const int64_t warm = steps - options.dense_steps;
  if (warm >= options.density_warmup_steps) return options.density;
  const double start = std::max(options.warmup_density, options.density);
  const double progress =
      static_cast<double>(warm) / static_cast<double>(options.density_warmup_steps);
  return start * std::pow(options.density / start, progress);
}

int64_t pairs_at(const ExchangeOptions& options, int64_t steps, int64_t elements) {
  const double pairs = density_at(options, steps) * static_cast<double>(elements);
  return std::clamp<int64_t>(static_cast<int64_t>(pairs), 1, std::max<int64_t>(elements, 1));
}

BucketSeconds predict(const ExchangeOptions& options, const LinkOptions& link, int ranks,
                      int64_t length, int64_t k) {
  const AllreduceEntry& entry = find_allreduce(options.allreduce);
  const PairFormat format{options.sparse.codec(), options.sparse.type()};
  return {sparse_seconds(link, length, entry.messages(ranks), entry.pairs(k, ranks),
                         format.bytes_per_pair()),
          dense_seconds(link, length, ranks)};
}

bool is_dense(const ExchangeOptions& options, const LinkOptions& link, int ranks, int64_t length,
              int64_t k) {
  constexpr double worth_it = 0.8;  // the prediction is rough, and a dense sum says everything
  if (k == length) return true;
  const BucketSeconds seconds = predict(options, link, ranks, length, k);
  return options.auto_dense && seconds.sparse >= worth_it * seconds.dense;
}

double bucket_bytes(const ExchangeOptions& options, const LinkOptions& link, int ranks,
                    int64_t length, int64_t k) {
  const AllreduceEntry& entry = find_allreduce(options.allreduce);
  if (entry.is_sparse() && !is_dense(options, link, ranks, length, k))
    return entry.pairs(k, ranks) *
           PairFormat{options.sparse.codec(), options.sparse.type()}.bytes_per_pair();
  const AllreduceEntry& dense = entry.is_sparse() ? find_allreduce("dense") : entry;
  return static_cast<double>(dense.traffic(link, length, 0, ranks).bytes_sent);
}

}  // namespace laconic::comm
