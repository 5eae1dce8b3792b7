// Which rows of a data set (nodes of a graph, images) train, and which are kept for validation and
// test.
#pragma once

#include <cstdint>
#include <vector>

namespace laconic::data {

struct Split {
  std::vector<int32_t> train, val, test;  // row numbers, ascending, disjoint
};

}  // namespace laconic::data
