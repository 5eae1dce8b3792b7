// Changes the order of a graph's nodes. In cluster order a batch consists of a few contiguous
// blocks, and neighbours are close in memory.
#pragma once

#include <span>
#include <vector>

#include "data/graph/graph.hpp"
#include "data/graph/partition.hpp"

namespace laconic::data {

// Writes the rows of a CSR in the order `nodes`. `place` renumbers the columns (rows stay sorted);
// it may be empty.
void permute_rows(const CsrView& in, std::span<const int32_t> nodes, std::span<const int32_t> place,
                  std::vector<int64_t>& indptr, std::vector<int32_t>& indices);
// Returns the edges in the order `nodes`, which `place` renumbers.
Adjacency permute(const SparseView<float>& in, std::span<const int32_t> nodes,
                  std::span<const int32_t> place);
Features permute(const Features& in, std::span<const int32_t> nodes);
// Returns the inverse of a permutation: the new position of each node.
std::vector<int32_t> places(std::span<const int32_t> nodes);

// Puts the whole graph and the partition into cluster order. Returns each node's former id.
std::vector<int32_t> order_by_cluster(Graph& graph, Partition& partition);

}  // namespace laconic::data
