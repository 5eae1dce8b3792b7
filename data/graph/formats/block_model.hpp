// The stochastic block model of the generated graphs, and arrays of normal noise. Blocks are
// contiguous, and their sizes differ by at most one node. A pair of nodes is an edge with one
// probability inside a block and another between blocks. They follow from the requested mean degree
// and share of edges inside blocks. Time and memory are linear in nodes + edges, since all pairs
// between two edges are skipped at once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/random.hpp"

namespace laconic::data {

using Edges = std::vector<std::pair<int32_t, int32_t>>;

constexpr uint32_t block_model_substreams = 2;

struct BlockModel {
  int64_t nodes, blocks;
  double degree, within;

  int64_t block_begin(int64_t block) const { return block * nodes / blocks; }
  int64_t block_of(int64_t node) const { return ((node + 1) * blocks - 1) / nodes; }
  // Returns each edge once, smaller id first. Uses the substreams [substream, substream +
  // block_model_substreams) of Stream::data. Error(config) with `where` in front if there are fewer
  // pairs than requested edges.
  Edges sample(int64_t seed, uint32_t substream, const std::string& where) const;
};

// Adds independent standard normals (Box-Muller, 24-bit uniforms).
void add_normals(const Random& random, std::span<float> values);

}  // namespace laconic::data
