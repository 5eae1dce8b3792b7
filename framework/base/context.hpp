// The settings of a computation on this machine: threads, instruction set, seed. They are passed as
// an argument, since there are no mutable globals: several ranks can share one process.
#pragma once

#include <cstdint>

#include "framework/base/isa.hpp"

namespace laconic {

struct Context {
  uint64_t seed = 0;
  int threads = 1;  // compute threads of this rank (OpenMP)
  Isa isa = Isa::generic;
};

// Returns the number of cores that this process may use, divided by `ranks_on_node`, within
// cpu_limits(); at least 1.
int default_threads(int ranks_on_node);

}  // namespace laconic
