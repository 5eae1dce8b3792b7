// Builds Cluster-GCN batches (Chiang et al., KDD'19, section 3.3). Nodes are permuted once so that
// clusters are contiguous. An epoch is a permutation of the clusters, cut into groups of q. A batch
// is the sub-graph induced by one group, including the edges between its clusters. It is normalised
// by the degrees inside the batch. The work per batch is linear in the degrees of its rows.
// Building a batch allocates nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/batches.hpp"
#include "data/epoch_order.hpp"
#include "data/graph/graph.hpp"
#include "data/graph/partition.hpp"
#include "framework/base/context.hpp"
#include "framework/graph/feed.hpp"
#include "framework/ops/normalisation.hpp"

namespace laconic::data {

using ops::Normalisation;

// The scales of a graph's edges (ops::Neighbourhood): vectors with one entry per node. A vector is
// empty if it is not needed (scales of one, no diagonal).
template <class T>
struct Scales {
  std::vector<T> row, source, diagonal;
};
// Computes the scales from the degrees, for a batch or a full graph. Allocates nothing if the
// vectors have the capacity.
template <class T>
void fill_scales(const Normalisation& normalisation, const SparseView<float>& edges,
                 Scales<T>& scales);

// Returns the partition whose parts are the batches of an epoch, e.g. for label_entropy(). Its
// edge_cut is not computed (0).
Partition merge_groups(const Partition& partition, const EpochOrder& order);

// A batch and its memory, which is sized for the largest possible group. Vectors have the length of
// the batch. Only `indices` and `weights` keep their full length; their first indptr[rows] entries
// are valid.
struct ClusterBatch {
  int64_t rows = 0;
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  std::vector<float> weights;  // empty: all are one
  Scales<float> scales;
  std::vector<std::vector<float>> dense;            // per input, rows x width
  std::vector<std::vector<int64_t>> sparse_indptr;  // per input
  std::vector<std::vector<int32_t>> sparse_indices;
  std::vector<std::vector<float>> sparse_values;
  std::vector<std::vector<uint64_t>> words, transposed_words;  // per input
  std::vector<int32_t> nodes;                                  // original ids, rows entries
  std::vector<int32_t> classes;                                // -1 if not a training label
  std::vector<uint8_t> multi_hot, labelled;
  int64_t labels = 0;          // labelled rows
  std::vector<int32_t> slots;  // memory of build(), one entry per cluster
  graph::Feed<float> feed;     // views of the members above; valid until the next build
};

// The units are the clusters.
class ClusterBatches final : public Batches {
 public:
  // `inputs`: one or more feature tables (e.g. AX and X) by original node id. Labels outside
  // `train` are not used.
  // If the partition is not in node order (order_by_cluster), edges and tables are copied into
  // cluster order.
  // Lifetime: otherwise edges and tables are used in place, and must outlive this object.
  ClusterBatches(const SparseView<float>& training_edges, std::vector<const Features*> inputs,
                 const Labels& labels, const std::vector<int32_t>& train,
                 const Partition& partition, const Normalisation& normalisation,
                 int32_t clusters_per_batch);

  int32_t clusters() const;
  int32_t units() const override { return clusters(); }
  int32_t units_per_batch() const override;
  int64_t labels_in(std::span<const int32_t> clusters) const override;  // training labels
  int64_t rows() const override;
  int64_t max_rows() const override;
  std::unique_ptr<Batch> make_batch() const override;

  int64_t max_nonzeros() const;
  ClusterBatch make_buffers() const;
  // Builds the batch of `group` (ascending); an empty group gives an empty batch.
  void build(std::span<const int32_t> group, ClusterBatch& batch) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace laconic::data
