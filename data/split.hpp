// The rows of a data set (nodes of a graph, images) for training, for validation and for test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic::data {

struct Split {
  std::vector<int32_t> train, val, test;  // row numbers, ascending, disjoint
};

struct NamedSplit {
  std::string name;
  Split split;
};

// Returns a random split of all rows: 60 % train, 20 % val and 20 % test. It depends on the seed
// alone.
Split random_split(int64_t rows, int64_t seed);

}  // namespace laconic::data
