// What a gradient sum will do, decided from options, lengths and ranks alone: buckets, density, and
// where a sparse method does not pay. The sum (gradient_sum.hpp) asks it, and so does who wants to
// say beforehand what a run will do.
#pragma once

#include <cstdint>
#include <vector>

#include "comm/exchange.hpp"

namespace laconic::comm {

// Every bucket is a message of its own, with figures kept about it.
inline constexpr int64_t most_buckets = 1 << 14;

// Where the buckets of a gradient of so many elements end: equal cuts of at most bucket_mb.
// Error(config) when they would be more than most_buckets.
std::vector<int64_t> bucket_ends(int64_t elements, double bucket_mb);
std::vector<int64_t> lengths_of(const std::vector<int64_t>& ends);

// Of the step after `steps` are done: 1 in dense steps, then falling from warmup_density to
// density.
double density_at(const ExchangeOptions& options, int64_t steps);
int64_t pairs_at(const ExchangeOptions& options, int64_t steps, int64_t elements);

// The predicted time of a bucket's sum, both ways.
struct BucketSeconds {
  double sparse = 0;
  double dense = 0;
};
BucketSeconds predict(const ExchangeOptions& options, const LinkOptions& link, int ranks,
                      int64_t length, int64_t k);

// Whether a bucket of a sparse method is summed densely.
bool is_dense(const ExchangeOptions& options, const LinkOptions& link, int ranks, int64_t length,
              int64_t k);

// Bytes that one sum of a bucket sends from a rank: exact for dense methods, expected for sparse
// ones.
double bucket_bytes(const ExchangeOptions& options, const LinkOptions& link, int ranks,
                    int64_t length, int64_t k);

}  // namespace laconic::comm
