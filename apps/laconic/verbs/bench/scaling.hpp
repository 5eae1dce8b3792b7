// What a sparse sum costs on thousands of ranks: the real algorithm on the model transport, fed
// with pairs instead of gradients.
#pragma once

#include <string>

#include "comm/link.hpp"
#include "comm/sparse/options.hpp"

namespace laconic {

struct ScalingCase {
  std::string algorithm = "oktopk";
  std::string data = "uniform";  // uniform, decaying, hot_slice, rank_disjoint
  int ranks = 8;
  int64_t elements = 1 << 20;
  int64_t pairs = 1 << 13;  // a rank selects
  comm::SparseOptions options;
  comm::LinkOptions link;
  int steps = 3;
};

// Of the worst rank in the worst step; the seconds are those of the last step.
struct ScalingPoint {
  double bytes = 0;            // sent or received
  double selection_bytes = 0;  // of them, by the search for the global threshold
  double messages = 0;         // sent
  double seconds = 0;          // the critical path
};

ScalingPoint scaling_point(const ScalingCase& c);

}  // namespace laconic
