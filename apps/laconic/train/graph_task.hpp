// The problem a graph network is trained on: the data, its clusters, the network in its two orders,
// and what people should know before training starts. Built the same on every rank; rank 0 alone
// partitions. For training the nodes are put into cluster order; for evaluation alone they keep the
// data set's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/laconic/options.hpp"
#include "data/graph/cluster_batches.hpp"
#include "data/graph/graph.hpp"
#include "framework/graph/full_graph.hpp"
#include "framework/graph/scores.hpp"

namespace laconic {

enum class SplitName { train, val, test };
constexpr const char* split_names[] = {"train", "val", "test"};

class GraphTask {
 public:
  enum class Use { train, evaluate };
  GraphTask(const Options& options, const Context& context, comm::Exchange& exchange, Use use);

  const data::Graph& data() const { return data_; }
  const data::Partition& partition() const { return partition_; }
  const std::vector<int32_t>& original_nodes() const {
    return original_nodes_;
  }  // ids in the data set; empty = same
  const data::ClusterBatches& batches() const { return *batches_; }
  const graph::Graph& network() const { return network_; }
  const std::vector<std::string>& notes() const { return notes_; }  // for the log
  const std::vector<std::string>& warnings() const { return warnings_; }
  int64_t outputs() const { return data_.labels.classes; }
  bool sparse_features() const { return sparse_; }

  // Scores of all splits on the whole graph, exactly, and optionally every node's logits.
  struct Evaluation {
    graph::Scores scores[3];  // by SplitName
    const graph::Scores& of(SplitName s) const { return scores[static_cast<int>(s)]; }
  };
  Evaluation evaluate(std::span<const float> parameters,
                      const std::function<void(int64_t, MatrixView<const float>)>& see = {});

 private:
  void load(const Options& options);
  void prepare_features(const Options& options);
  void cut(const Options& options, comm::Exchange& exchange);
  void describe_batches(const Options& options);
  void prepare_targets();
  ops::Targets targets(SplitName split, int64_t first, int64_t count) const;

  Context context_;
  data::Graph data_;
  bool inductive_ = false, sparse_ = false;
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
