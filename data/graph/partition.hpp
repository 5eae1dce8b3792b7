// Partitions of a graph's nodes. METIS k-way; computed once, cached by the content it depends on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/view.hpp"

namespace laconic::data {

struct PartitionOptions {
  int64_t parts = 50;
  int64_t seed = 1;
  std::string method = "metis";  // metis | random | contiguous
  bool balance_edges = false;    // vertex weight 1 + degree instead of 1
};

struct Partition {
  int32_t parts = 0;  // parts that hold a node; METIS may leave some of those asked for empty
  std::vector<int32_t> part_of;  // per node
  int64_t edge_cut = 0;          // undirected edges between parts
};

// Error(data) when parts > nodes or the pattern is not canonical.
Partition partition(const CsrView& pattern, const PartitionOptions& options);

// As above through a file in cache_dir named by SHA-256 of pattern and options; written by temp +
// rename. A damaged cache file is recomputed with a warning. Empty cache_dir = no cache.
Partition cached_partition(const CsrView& pattern, const PartitionOptions& options,
                           const std::string& cache_dir);

// Mean over parts of the label entropy in nats (nodes with a label), and the graph's own.
struct LabelEntropy {
  double graph = 0, parts = 0;
};
LabelEntropy label_entropy(const Partition& partition, const std::vector<int32_t>& classes,
                           int32_t num_classes);
double kept_edges_fraction(const CsrView& pattern, const Partition& partition);
// The expected share of the edges *between* parts that an epoch keeps when `parts` parts are drawn
// in groups of `per_batch`: sum over groups g of |g| (|g| - 1) / (parts (parts - 1)); (q-1)/(p-1)
// when q divides p.
double expected_kept_fraction(int64_t parts, int64_t per_batch);

}  // namespace laconic::data
