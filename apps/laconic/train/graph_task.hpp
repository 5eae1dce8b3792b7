// The problem a graph network is trained on: the data, its clusters, the network in its two orders,
// and what people should know before training starts. Rank 0 alone partitions. For training the
// nodes are put into cluster order; for evaluation alone they keep the data set's.
#pragma once

#include "apps/laconic/train/task.hpp"
#include "data/graph/cluster_batches.hpp"
#include "data/graph/graph.hpp"
#include "framework/graph/full_graph.hpp"

namespace laconic {

class GraphTask final : public Task {
 public:
  GraphTask(const Options& options, const Context& context, comm::Exchange& exchange, Use use);

  const std::string& name() const override { return data_.name; }
  const graph::Graph& network() const override { return network_; }
  const data::ClusterBatches& batches() const override { return *batches_; }
  int64_t outputs() const override { return data_.labels.classes; }
  bool is_multi_label() const override { return data_.labels.is_multi_label(); }
  Evaluation evaluate(std::span<const float> parameters, const SeeLogits& see = {}) override;
  int64_t rows() const override { return data_.nodes(); }
  const char* row_header() const override { return "node,name"; }
  std::string row_name(int64_t node) const override;
  std::string class_name(int64_t c) const override;
  const std::vector<std::string>& notes() const override { return notes_; }
  const std::vector<std::string>& warnings() const override { return warnings_; }
  std::vector<std::pair<std::string, std::string>> facts() const override;

  const data::Graph& data() const { return data_; }
  const data::Partition& partition() const { return partition_; }
  const std::vector<int32_t>& original_nodes() const {
    return original_nodes_;
  }  // ids in the data set; empty = same

 private:
  void load(const Options& options);
  void prepare_features(const Options& options);
  void cut(const Options& options, comm::Exchange& exchange);
  void describe_batches(const Options& options);
  void prepare_targets();
  ops::Targets targets(SplitName split, int64_t first, int64_t count) const;

  Context context_;
  data::Graph data_;
  bool inductive_ = false;
  std::string form_;                      // of the features: dense, sparse, bits
  std::vector<int64_t> training_indptr_;  // inductive only
  std::vector<int32_t> training_indices_;
  data::Partition partition_;
  std::vector<int32_t> original_nodes_;
  data::Features training_aggregated_,
      aggregated_;  // AX; the second only where it differs (inductive)
  std::unique_ptr<data::ClusterBatches> batches_;
  data::Normalisation normalisation_;
  data::Scales<float> scales_;  // of the whole graph
  graph::Graph network_, evaluation_network_;
  std::vector<int32_t> classes_[3];
  std::vector<uint8_t> labelled_[3], multi_hot_;
  std::vector<std::string> notes_, warnings_;
};

}  // namespace laconic
