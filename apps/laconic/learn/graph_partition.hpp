// The clusters of a graph. Rank 0 alone computes them. Notes and warnings about them are logged
// before training starts.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/learn/options.hpp"
#include "comm/exchange/exchange.hpp"
#include "data/graph/graph.hpp"
#include "data/graph/partition.hpp"

namespace laconic {

// Returns the partition. Rank 0 computes it or reads it from the cache, and sends it to the others.
// Collective.
data::Partition shared_partition(const CsrView& training, const DataOptions& options,
                                 comm::Exchange& exchange);

// Returns the clusters per batch: the number in the options, but at most the number of clusters.
int32_t clusters_per_batch(const DataOptions& options, const data::Partition& partition);

struct Remarks {
  std::vector<std::string> notes, warnings;
};
Remarks describe_partition(const data::Graph& graph, const CsrView& training,
                           const data::Partition& partition, const DataOptions& options,
                           uint64_t seed);

}  // namespace laconic
