// The task of a graph network: the data, their clusters, and the network for training and for
// evaluation. For training the nodes are put into cluster order. For evaluation alone they keep the
// order of the data set.
#pragma once

#include "apps/laconic/learn/classification.hpp"
#include "apps/laconic/learn/graph_features.hpp"
#include "apps/laconic/learn/graph_partition.hpp"
#include "apps/laconic/learn/graph_targets.hpp"
#include "apps/laconic/learn/trained_inputs.hpp"
#include "data/graph/cluster_batches.hpp"
#include "framework/graph/full_graph.hpp"

namespace laconic {

class GraphTask final : public Classification {
 public:
  GraphTask(const Config& config, const Context& context, comm::Exchange& exchange, Use use,
            const nlohmann::json* trained = nullptr);

  const std::string& name() const override { return data_.name; }
  const graph::Graph& network() const override { return network_; }
  const data::ClusterBatches& batches() const override { return *batches_; }
  int64_t outputs() const override { return data_.labels.classes; }
  bool is_multi_label() const override { return data_.labels.is_multi_label(); }
  SplitScores score(const graph::Point<float>& point, const SeeLogits& see = {}) override;
  double majority() const override;
  const data::LabelCounts& label_counts() const override { return label_counts_; }
  int64_t rows() const override { return data_.nodes(); }
  const char* row_header() const override { return "node"; }
  std::string row_name(int64_t node) const override;
  std::string class_name(int64_t c) const override;
  data::Content content() const override { return content_; }
  const std::vector<std::string>& notes() const override { return remarks_.notes; }
  const std::vector<std::string>& warnings() const override { return remarks_.warnings; }
  nlohmann::json inputs() const override {
    return trained_inputs(data_, features_.standardisation);
  }
  std::string split_of(int64_t node) const override;
  int32_t class_of(int64_t node) const override { return data_.labels.single[node]; }
  std::vector<int32_t> labels_of(int64_t node) const override;
  std::span<const float> class_weights() const override { return class_weights_; }
  Facts::Lines facts() const override;
  int64_t evaluation_bytes() const override;
  RootStage root_stage() const override { return root_stage_; }

  const data::Graph& data() const { return data_; }
  const data::Partition& partition() const { return partition_; }
  // Returns the data set's ids of the nodes, in their order here; empty: the order is the same.
  const std::vector<int32_t>& original_nodes() const { return original_nodes_; }

 private:
  void load(const DataOptions& options, const TrainedInputs* trained);
  void check_training_data() const;
  void cut(const DataOptions& options, uint64_t seed);
  void measured_partition(const DataOptions& options, comm::Exchange& exchange);
  void build_networks(const models::ModelOptions& options);
  void make_batches(const DataOptions& options);
  SparseView<float> training_edges() const;

  Context context_;
  data::Graph data_;
  data::LabelCounts label_counts_;
  bool inductive_ = false;
  data::Adjacency training_edges_;  // inductive only
  data::Partition partition_;
  std::vector<int32_t> original_nodes_;
  GraphFeatures features_;
  data::Content content_;
  std::unique_ptr<data::ClusterBatches> batches_;
  data::Normalisation normalisation_;
  data::Scales<float> scales_;  // of the whole graph
  graph::Graph network_, evaluation_network_;
  std::unique_ptr<GraphTargets> targets_;
  std::vector<float> class_weights_;
  Remarks remarks_;
  RootStage root_stage_;
};

}  // namespace laconic
