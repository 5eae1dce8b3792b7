// What the files of this folder offer to list.cpp, and what they share.
#pragma once

#include "data/graph/source.hpp"

namespace laconic::data {

GraphFormat hdf5_format();
GraphFormat debian_format();
GraphFormat planted_format();
GraphFormat ppi_like_format();

// 60 % train, 20 % val, 20 % test of all nodes, a function of the seed.
Split random_split(int64_t nodes, int64_t seed);

}  // namespace laconic::data
