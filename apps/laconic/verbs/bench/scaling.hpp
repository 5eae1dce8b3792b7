// Measures the cost of a sparse sum on thousands of ranks. It runs the real algorithm on the model
// transport, with generated pairs instead of gradients.
#pragma once

#include <string>

#include "apps/laconic/verbs/bench/sparse_keys.hpp"
#include "comm/base/link.hpp"

namespace laconic {

struct ScalingCase {
  std::string algorithm = "oktopk";
  std::string data = "uniform";  // uniform, decaying, hot_slice, rank_disjoint
  int ranks = 8;
  int64_t elements = 1 << 20;
  int64_t pairs = 1 << 13;  // selected per rank
  SparseKeys keys;
  comm::Link link;
  int steps = 3;
};

// Values of the worst rank in the worst step; seconds are those of the last step.
struct ScalingPoint {
  double bytes = 0;            // the larger of sent and received
  double selection_bytes = 0;  // the part that finds the global threshold
  double messages = 0;         // sent
  double seconds = 0;          // the critical path
};

ScalingPoint scaling_point(const ScalingCase& c);

}  // namespace laconic
