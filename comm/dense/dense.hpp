// The allreduce algorithms that move whole vectors: makers and costs, one file each. See
// comm/list.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "comm/allreduce.hpp"
#include "comm/link.hpp"

namespace laconic::comm {

std::unique_ptr<Allreduce> make_ring();
std::unique_ptr<Allreduce> make_recursive_doubling();
std::unique_ptr<Allreduce> make_rabenseifner();
std::unique_ptr<Allreduce> make_circulant();
std::unique_ptr<Allreduce> make_vendor();
std::unique_ptr<Allreduce> make_ref();

// Exact payload of one sum of n floats for `rank` of `ranks`; of vendor a model.
Traffic ring_traffic(int64_t n, int rank, int ranks);
Traffic recursive_doubling_traffic(int64_t n, int rank, int ranks);
Traffic rabenseifner_traffic(int64_t n, int rank, int ranks);
Traffic circulant_traffic(int64_t n, int rank, int ranks);
Traffic vendor_traffic(int64_t n, int rank, int ranks);
Traffic ref_traffic(int64_t n, int rank, int ranks);

// What `dense` chooses from, and its choice: an index into the algorithms.
struct DenseAlgorithm {
  const char* name;
  std::unique_ptr<Allreduce> (*make)();
  Traffic (*traffic)(int64_t n, int rank, int ranks);
  double (*seconds)(const LinkOptions& link, int64_t n, int ranks);  // comm/cost.hpp
};
std::span<const DenseAlgorithm> dense_algorithms();
size_t choose_dense(const LinkOptions& link, int64_t n, int ranks);

std::unique_ptr<Allreduce> make_dense(const LinkOptions& link);
Traffic dense_traffic(const LinkOptions& link, int64_t n, int rank, int ranks);

}  // namespace laconic::comm
