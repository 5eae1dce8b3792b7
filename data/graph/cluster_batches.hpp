// Cluster-GCN batches (Chiang et al., KDD'19, section 3.3): the nodes are permuted once so that
// clusters are contiguous; an epoch is a permutation of the clusters cut into groups of q; a batch
// is the sub-graph induced by one group, links between its clusters included, re-normalised by the
// degrees inside the batch. A batch's work is O(degree of its rows); building allocates nothing
// after construction.
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

namespace laconic::data {

// The aggregation operator on a pattern with degrees d (inside the batch); names as in the paper's
// equations.
//   row       D^-1 A                              row_loop  (D+I)^-1 (A+I)            [eq. 10]
//   plus_identity  row_loop + I   [eq. 9 on 10]   diagonal  row_loop + lambda diag(row_loop)   [eq.
//   11] symmetric (D+I)^-1/2 (A+I) (D+I)^-1/2         none      A
struct Normalisation {
  std::string kind = "diagonal";
  double diagonal_lambda = 1;
};

// Fills the scales of `pattern` from its degrees: vectors of pattern.rows() entries, empty where
// not needed (all ones, no diagonal). For a batch or a full graph. Allocates nothing when the
// vectors have the capacity.
template <class T>
struct Scales {
  std::vector<T> row, source, diagonal;
};
template <class T>
void fill_scales(const Normalisation& normalisation, const CsrView& pattern, Scales<T>& scales);

// The partition whose parts are the batches of an epoch, e.g. to ask label_entropy() how mixed they
// are. Its edge_cut is not counted (0).
Partition merge_groups(const Partition& partition, const EpochOrder& order);

// A built batch; owns its memory, sized for the largest possible group. Vectors hold exactly the
// batch, except `indices`, which keeps its full length: the first indptr[rows] entries count.
struct ClusterBatch {
  int64_t rows = 0;
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  Scales<float> scales;
  std::vector<std::vector<float>> dense;            // per input, rows x width
  std::vector<std::vector<int64_t>> sparse_indptr;  // per input
  std::vector<std::vector<int32_t>> sparse_indices;
  std::vector<std::vector<float>> sparse_values;
  std::vector<std::vector<uint64_t>> words, transposed_words;  // per input
  std::vector<int32_t> nodes;                                  // original ids, rows entries
  std::vector<int32_t> classes;                                // -1 where not a training label
  std::vector<uint8_t> multi_hot, labelled;
  int64_t labels = 0;          // labelled rows
  std::vector<int32_t> slots;  // scratch of build(), an entry a cluster
  graph::Feed<float> feed;     // views of the above; valid until the next build
};

// The units are the clusters.
class ClusterBatches final : public Batches {
 public:
  // `inputs`: one or more feature tables (e.g. AX and X) by original node id. Labels outside
  // `train` are hidden. Where the partition is in node order (order_by_cluster), pattern and tables
  // are used in place and must outlive this; else they are copied into cluster order.
  ClusterBatches(const CsrView& training_pattern, std::vector<const Features*> inputs,
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
  int64_t memory_bytes() const override;

  int64_t max_nonzeros() const;
  ClusterBatch make_buffers() const;
  // `group` ascending; an empty group makes an empty batch.
  void build(std::span<const int32_t> group, ClusterBatch& batch) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace laconic::data
