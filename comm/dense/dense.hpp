// The allreduce algorithms that move whole vectors: makers and costs, one file each. See
// comm/list.cpp.
#pragma once

#include <memory>

#include "comm/allreduce.hpp"

namespace laconic::comm {

std::unique_ptr<Allreduce> make_dense();
std::unique_ptr<Allreduce> make_vendor();
std::unique_ptr<Allreduce> make_ref();

// Exact payload of one sum of n floats for `rank` of `ranks`; of vendor a model.
Traffic dense_traffic(int64_t n, int rank, int ranks);
Traffic vendor_traffic(int64_t n, int rank, int ranks);
Traffic ref_traffic(int64_t n, int rank, int ranks);

}  // namespace laconic::comm
