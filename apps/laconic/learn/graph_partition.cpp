#include "apps/laconic/learn/graph_partition.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "apps/laconic/run/agreement.hpp"
#include "data/epoch_order.hpp"
#include "data/graph/cluster_batches.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {

data::Partition shared_partition(const CsrView& training, const DataOptions& options,
                                 comm::Exchange& exchange) {
  data::Partition partition;
  if (exchange.rank() == 0)
    spdlog::info("partitioning {} nodes into {} parts{}", training.rows(), options.partition.parts,
                 options.cache_dir.empty() ? "" : ", or reading them from " + options.cache_dir);
  patiently(exchange, [&] {
    if (exchange.rank() == 0)
      partition = data::cached_partition(training, options.partition, options.cache_dir);
  });
  return_free_memory();  // METIS leaves several times the graph
  int64_t head[2] = {partition.parts, partition.edge_cut};
  exchange.broadcast(std::as_writable_bytes(std::span(head)), 0);
  partition.parts = static_cast<int32_t>(head[0]);
  partition.edge_cut = head[1];
  partition.part_of.resize(static_cast<size_t>(training.rows()));
  exchange.broadcast(std::as_writable_bytes(std::span(partition.part_of)), 0);
  return partition;
}

int32_t clusters_per_batch(const DataOptions& options, const data::Partition& partition) {
  return static_cast<int32_t>(std::min<int64_t>(options.clusters_per_batch, partition.parts));
}

Remarks describe_partition(const data::Graph& graph, const CsrView& training,
                           const data::Partition& partition, const DataOptions& options,
                           uint64_t seed) {
  Remarks remarks;
  const int32_t q = clusters_per_batch(options, partition);
  const double kept = data::kept_edges_fraction(training, partition);
  const double p = partition.parts;
  const double expected = p > 1 ? kept + (1 - kept) * (q - 1) / (p - 1) : 1;
  remarks.notes.push_back(
      fmt::format("{} clusters, {} per batch: {:.0f} % of the edges lie within a cluster, {:.0f} % "
                  "within a batch",
                  partition.parts, q, 100 * kept, 100 * expected));
  if (partition.parts < options.partition.parts)
    remarks.warnings.push_back(fmt::format("data.parts: {} asked for, {} hold a node",
                                           options.partition.parts, partition.parts));
  if (graph.labels.is_multi_label()) return remarks;
  // Batches in which few classes meet train badly (section 3.2 of the Cluster-GCN paper).
  data::EpochOrder order(partition.parts, q);
  order.set(seed, 0);
  std::vector<int32_t> labels(static_cast<size_t>(graph.nodes()), -1);
  for (const int32_t v : graph.split.train) labels[v] = graph.labels.single[v];
  const auto entropy =
      data::label_entropy(data::merge_groups(partition, order), labels, graph.labels.classes);
  remarks.notes.push_back(fmt::format("label entropy of a batch {:.2f} nats, of the graph {:.2f}",
                                      entropy.parts, entropy.graph));
  if (entropy.parts < 0.6 * entropy.graph)
    remarks.warnings.push_back(
        fmt::format("batches hold few classes (entropy {:.2f} of {:.2f} nats): raise "
                    "data.clusters_per_batch (now {})",
                    entropy.parts, entropy.graph, q));
  return remarks;
}

}  // namespace laconic
