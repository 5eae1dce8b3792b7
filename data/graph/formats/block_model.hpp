// The stochastic block model under the generated graphs, and normal noise in bulk. Blocks are of
// equal size (within one node) and contiguous; a pair of nodes is an edge with one probability
// inside a block and another between blocks, so that the mean degree and the share of links inside
// blocks are as asked for. Work and memory are linear in nodes + edges: pairs that are no edge are
// skipped in one jump.
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
  // Each edge once, smaller id first. Uses the substreams [substream, substream +
  // block_model_substreams) of Stream::data. Error(config) naming `where` when there are fewer
  // pairs than edges asked for.
  Edges sample(int64_t seed, uint32_t substream, const std::string& where) const;
};

// Adds independent standard normals (Box-Muller, 24-bit uniforms).
void add_normals(const Random& random, std::span<float> values);

}  // namespace laconic::data
