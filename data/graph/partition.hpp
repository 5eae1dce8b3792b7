// Partitions a graph's nodes. A partition is computed once and cached. The name in the cache is a
// hash of everything the partition depends on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/view.hpp"
#include "framework/config/field.hpp"

namespace laconic::data {

enum class Partitioner { metis, random, contiguous };
const char* name(Partitioner partitioner);

struct PartitionOptions {
  int64_t parts = 50;
  int64_t seed = 1;
  Partitioner method = Partitioner::metis;
  bool balance_edges = false;  // vertex weight 1 + degree instead of 1
  void describe(config::Fields& f);
};

struct Partition {
  int32_t parts = 0;             // parts that have nodes; METIS may leave some parts empty
  std::vector<int32_t> part_of;  // per node
  int64_t edge_cut = 0;          // undirected edges between parts
};

// Computes a partition. Error(data) if parts > nodes or the pattern is not canonical.
Partition partition(const CsrView& pattern, const PartitionOptions& options);

// Reads the partition from a file in cache_dir, or computes it and writes the file atomically. The
// file's name is the SHA-256 of pattern and options. If the file is damaged, the partition is
// computed again, with a warning. With an empty cache_dir there is no cache.
Partition cached_partition(const CsrView& pattern, const PartitionOptions& options,
                           const std::string& cache_dir);

// The label entropy of the graph, and its mean over the parts. Only nodes with a label count.
// Units: nats.
struct LabelEntropy {
  double graph = 0, parts = 0;
};
LabelEntropy label_entropy(const Partition& partition, const std::vector<int32_t>& classes,
                           int32_t num_classes);
double kept_edges_fraction(const CsrView& pattern, const Partition& partition);

}  // namespace laconic::data
