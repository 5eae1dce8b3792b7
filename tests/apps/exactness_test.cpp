// Batches that hold the whole graph are the whole graph; node numbers are names and nothing more.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "data/graph/order.hpp"
#include "framework/base/random.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

// The whole data set as one feed, in its own order, without clusters and batches.
struct WholeGraph {
  data::Scales<float> scales;
  std::vector<int32_t> classes;
  graph::Feed<float> feed;

  WholeGraph(const data::Graph& graph, const models::ModelOptions& model)
      : classes(graph.nodes(), -1) {
    data::fill_scales(models::needs(model).normalisation, graph.edges(), scales);
    for (const int32_t v : graph.split.train) classes[v] = graph.labels.single[v];
    feed.rows = graph.nodes();
    feed.inputs = {{.dense = graph.features.dense()}};
    feed.neighbourhood = {graph.pattern(), scales.row, scales.source, scales.diagonal, 0};
    feed.targets.classes = classes;
  }
};

// The numbers of a float feed in double.
struct DoubleFeed {
  std::vector<double> features, row, source, diagonal;
  graph::Feed<double> feed;

  explicit DoubleFeed(const graph::Feed<float>& from) {
    const auto convert = [](std::span<const float> values, std::vector<double>& to) {
      to.assign(values.begin(), values.end());
    };
    const auto& table = from.inputs[0].dense;
    convert({table.data, static_cast<size_t>(table.rows * table.cols)}, features);
    convert(from.neighbourhood.row_scale, row);
    convert(from.neighbourhood.source_scale, source);
    convert(from.neighbourhood.diagonal, diagonal);
    feed.rows = from.rows;
    feed.inputs = {{.dense = {features.data(), table.rows, table.cols}}};
    feed.neighbourhood = {from.neighbourhood.pattern, row, source, diagonal, 0};
    feed.targets = from.targets;
  }
};

// Full-batch training as a textbook has it. Gradients are computed in T, the update is the
// trainer's.
template <class T>
RunResult train_on(const graph::Feed<T>& feed, const data::Graph& graph,
                   const TrainSettings& options) {
  const graph::Graph network = models::build(
      options.model, {.features = graph.features.cols, .outputs = graph.labels.classes},
      models::Purpose::train);
  const Context context{.seed = options.seed, .threads = 1, .isa = detect_isa()};
  graph::Executor<T> executor(network, context, feed.rows);
  optim::Optimizer optimizer(context, options.optimizer, optim::parameters_of(network),
                             network.parameter_count);
  optimizer.allocate();
  const auto labels = static_cast<double>(graph.split.train.size());
  RunResult result;
  result.parameters.resize(network.parameter_count);
  graph::initialise(network, options.seed, result.parameters);
  for (int64_t s = 0; s < options.steps; ++s) {
    const std::vector<T> parameters(result.parameters.begin(), result.parameters.end());
    std::vector<T> gradients(network.parameter_count, 0);
    const MatrixView<const T> logits = executor.forward(parameters, feed, true);
    const auto loss = ops::loss(context, logits, feed.targets, static_cast<T>(1 / labels),
                                executor.output_cotangent());
    executor.backward(parameters, feed, std::span<T>(gradients));
    result.losses.push_back(loss.loss / labels);
    result.gradients.emplace_back(gradients.begin(), gradients.end());
    optimizer.step(options.optimizer.lr, result.parameters, result.gradients.back());
  }
  return result;
}

using Normalisation = ops::Normalisation::Kind;
constexpr Normalisation normalisations[] = {Normalisation::row, Normalisation::row_loop,
                                            Normalisation::plus_identity, Normalisation::diagonal,
                                            Normalisation::symmetric};

TEST(ABatchOfAllClusters, HasTheLossAndGradientOfTheFullGraph) {
  const data::Graph graph = planted_graph();
  for (const Normalisation normalisation : normalisations) {
    TrainSettings options{.steps = 1, .clusters_per_batch = 10};
    gcn(options.model).normalisation.kind = normalisation;
    const RunResult batch = run(graph, blocks_of(graph, 10, data::Partitioner::metis), options);
    const RunResult whole = train_on(WholeGraph(graph, options.model).feed, graph, options);
    EXPECT_NEAR(batch.losses[0], whole.losses[0], 1e-6 * whole.losses[0])
        << static_cast<int>(normalisation);
    EXPECT_LE(distance(batch.gradients[0], whole.gradients[0]), 1e-5)
        << static_cast<int>(normalisation);
  }
}

// In double, because Adam divides a gradient near zero by its own size and so makes a rounding
// error a step.
TEST(ABatchOfAllClusters, TrainsTheWeightsOfTheFullGraphWithAdam) {
  const data::Graph graph = planted_graph(150);
  for (const Normalisation normalisation : normalisations) {
    TrainSettings options{.steps = 20};
    gcn(options.model).normalisation.kind = normalisation;
    const WholeGraph whole_graph(graph, options.model);
    const data::ClusterBatches batches(
        graph.edges(), {&graph.features}, graph.labels, graph.split.train,
        blocks_of(graph, 5, data::Partitioner::metis), {normalisation, 1}, 5);
    data::ClusterBatch batch = batches.make_buffers();
    batches.build(std::vector<int32_t>{0, 1, 2, 3, 4}, batch);
    ASSERT_NE(batch.classes, whole_graph.classes);  // in another order
    const RunResult a = train_on(DoubleFeed(batch.feed).feed, graph, options);
    const RunResult b = train_on(DoubleFeed(whole_graph.feed).feed, graph, options);
    for (size_t i = 0; i < a.parameters.size(); ++i)
      ASSERT_NEAR(a.parameters[i], b.parameters[i], 1e-6) << static_cast<int>(normalisation);
    EXPECT_LT(b.losses.back(), 0.8 * b.losses.front());
  }
}

TEST(ABatchOfSomeClusters, IsNot) {
  const data::Graph graph = planted_graph();
  const RunResult some = run(graph, blocks_of(graph, 10), {.steps = 1, .clusters_per_batch = 5});
  const RunResult whole = train_on(WholeGraph(graph, small_model()).feed, graph, {.steps = 1});
  EXPECT_GT(distance(some.gradients[0], whole.gradients[0]), 1e-2);
}

// Equation 7 of the Cluster-GCN paper. Clusters differ in labels, so equal weights would show.
TEST(OneClusterABatch, AddsUpToTheBlockDiagonalGraph) {
  const data::Graph graph = planted_graph();
  const data::Partition partition = blocks_of(graph, 7, data::Partitioner::random);
  data::Graph blocks = graph;
  std::vector<std::pair<int32_t, int32_t>> within;
  for (int32_t v = 0; v < graph.nodes(); ++v)
    for (int64_t k = graph.indptr[v]; k < graph.indptr[v + 1]; ++k)
      if (partition.part_of[v] == partition.part_of[graph.indices[k]])
        within.emplace_back(v, graph.indices[k]);
  data::canonicalise(graph.nodes(), within, blocks.indptr, blocks.indices);
  for (const int ranks : {1, 2}) {
    const RunResult sum = run(
        graph, partition, {.ranks = ranks, .accumulate = 7, .steps = 1, .clusters_per_batch = 1});
    const RunResult whole = train_on(WholeGraph(blocks, small_model()).feed, blocks, {.steps = 1});
    EXPECT_NEAR(sum.losses[0], whole.losses[0], 1e-6 * whole.losses[0]);
    EXPECT_LE(distance(sum.gradients[0], whole.gradients[0]), 1e-5);
  }
}

TEST(Relabelling, LeavesTheLossesAlone) {
  data::Graph graph = planted_graph();
  data::Partition partition = blocks_of(graph, 16, data::Partitioner::metis);
  const TrainSettings options{.steps = 20, .optimizer = optim::test::sgd(0.1)};
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
  data::Partition partition = blocks_of(graph, 16, data::Partitioner::metis);
  const TrainSettings options{.steps = 8, .model = small_model(0.3)};
  const RunResult copied = run(graph, partition, options);
  data::order_by_cluster(graph, partition);
  EXPECT_EQ(run(graph, partition, options).parameters, copied.parameters);
}

}  // namespace
}  // namespace laconic::test
