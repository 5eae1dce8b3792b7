// The targets of an evaluation: the classes or labels of consecutive rows, for each split.
#pragma once

#include <vector>

#include "apps/laconic/learn/classification.hpp"
#include "data/graph/graph.hpp"

namespace laconic {

class GraphTargets {
 public:
  explicit GraphTargets(const data::Graph& graph);
  // Returns the targets of rows [first, first + count). Rows of other splits count as unlabelled.
  // Lifetime: the result is valid as long as this object.
  ops::Targets rows(SplitName split, int64_t first, int64_t count) const;

 private:
  int64_t classes_number_;
  bool multi_;
  std::vector<int32_t> classes_[3];
  std::vector<uint8_t> labelled_[3], multi_hot_;
};

}  // namespace laconic
