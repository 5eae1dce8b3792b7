// Batches that hold the whole graph are the whole graph; node numbers are names and nothing more.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "data/graph/order.hpp"
#include "framework/base/random.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

// Full-batch training as a textbook has it, in the data set's own order, without clusters and
// batches.
RunResult train_on_whole_graph(const data::Graph& graph, const RunOptions& options) {
  const graph::Graph network = models::build(
      options.model, {graph.features.cols, false, graph.labels.classes}, models::Purpose::train);
  const Context context{.seed = options.seed, .threads = 1, .isa = detect_isa()};
  data::Scales<float> scales;
  data::fill_scales({options.model.normalisation, options.model.diagonal_lambda}, graph.pattern(),
                    scales);
  std::vector<int32_t> classes(graph.nodes(), -1);
  for (const int32_t v : graph.split.train) classes[v] = graph.labels.single[v];
  graph::Feed<float> feed;
  feed.rows = graph.nodes();
  feed.inputs = {{.dense = graph.features.dense(), .sparse = {}}};
  feed.neighbourhood = {graph.pattern(), scales.row, scales.source, scales.diagonal, 0};
  feed.targets.classes = classes;
  graph::Executor<float> executor(network, context, graph.nodes());
  optim::Optimizer optimizer(options.optimizer, network);
  RunResult result;
  result.parameters.resize(network.parameter_count);
  graph::initialise(network, options.seed, result.parameters);
  for (int64_t s = 0; s < options.steps; ++s) {
    std::vector<float> gradients(network.parameter_count, 0);
    const auto labels = static_cast<double>(graph.split.train.size());
    const MatrixView<const float> logits = executor.forward(result.parameters, feed, true);
    const auto loss = ops::loss(context, logits, feed.targets, static_cast<float>(1 / labels),
                                executor.output_cotangent());
    executor.backward(result.parameters, feed, gradients);
    optimizer.step(options.optimizer.lr, result.parameters, gradients);
    result.losses.push_back(loss.loss / labels);
    result.gradients.push_back(gradients);
  }
  return result;
}

TEST(ABatchOfAllClusters, IsTheFullGraph) {
  const data::Graph graph = planted_graph();
  for (const char* normalisation : {"row", "row_loop", "plus_identity", "diagonal", "symmetric"}) {
    RunOptions options{.steps = 20, .clusters_per_batch = 10};
    options.model.normalisation = normalisation;
    options.optimizer.epsilon =
        1e-3;  // Adam's division by gradients near zero would magnify rounding
    const RunResult batch = run(graph, blocks_of(graph, 10, "metis"), options);
    const RunResult whole = train_on_whole_graph(graph, options);
    EXPECT_NEAR(batch.losses[0], whole.losses[0], 1e-6 * whole.losses[0]) << normalisation;
    EXPECT_LE(distance(batch.gradients[0], whole.gradients[0]), 1e-5) << normalisation;
    EXPECT_LE(distance(batch.parameters, whole.parameters), 1e-6) << normalisation;
    EXPECT_LT(whole.losses.back(), 0.8 * whole.losses.front());
  }
}

TEST(ABatchOfSomeClusters, IsNot) {
  const data::Graph graph = planted_graph();
  const RunResult some = run(graph, blocks_of(graph, 10), {.steps = 1, .clusters_per_batch = 5});
  const RunResult whole = train_on_whole_graph(graph, {.steps = 1});
  EXPECT_GT(distance(some.gradients[0], whole.gradients[0]), 1e-2);
}

TEST(Relabelling, LeavesTheLossesAlone) {
  data::Graph graph = planted_graph();
  data::Partition partition = blocks_of(graph, 16, "metis");
  const RunOptions options{.steps = 20, .optimizer = {.kind = "sgd", .lr = 0.1, .momentum = 0.9}};
  const RunResult before = run(graph, partition, options);
  std::vector<int32_t> nodes(graph.nodes());
  std::iota(nodes.begin(), nodes.end(), 0);
  Random(3, Stream::test).shuffle(nodes);
  const std::vector<int32_t> place = data::places(nodes);
  data::Graph other;
  data::permute_rows(graph.pattern(), nodes, place, other.indptr, other.indices);
  other.features = data::permute(graph.features, nodes);
  other.labels.classes = graph.labels.classes;
  data::Partition moved{.parts = partition.parts, .part_of = {}, .edge_cut = 0};
  for (const int32_t v : nodes) {
    other.labels.single.push_back(graph.labels.single[v]);
    moved.part_of.push_back(partition.part_of[v]);
  }
  for (const int32_t v : graph.split.train) other.split.train.push_back(place[v]);
  std::ranges::sort(other.split.train);
  const RunResult after = run(other, moved, options);
  for (size_t s = 0; s < before.losses.size(); ++s)
    EXPECT_NEAR(after.losses[s], before.losses[s], 1e-5 * before.losses[s]) << "step " << s;
}

TEST(ClusterOrder, IsARelabellingThatTrainsWithTheSameBits) {
  data::Graph graph = planted_graph();
  data::Partition partition = blocks_of(graph, 16, "metis");
  const RunOptions options{.steps = 8, .model = small_model(0.3)};
  const RunResult copied = run(graph, partition, options);
  data::order_by_cluster(graph, partition);
  EXPECT_EQ(run(graph, partition, options).parameters, copied.parameters);
}

}  // namespace
}  // namespace laconic::test
