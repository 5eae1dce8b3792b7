// Chooses the allreduce that the option value `dense` uses.
#pragma once

#include "comm/base/allreduce.hpp"

namespace laconic::comm {

// Returns the dense allreduce that is predicted to be the fastest for n floats.
const AllreduceEntry& choose_dense(const Link& link, int64_t n, int ranks);

}  // namespace laconic::comm
