// Evaluation level by level in chunks of rows equals the network run at once.
#include "framework/graph/full_graph.hpp"

#include <gtest/gtest.h>

#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

std::vector<float> in_chunks(const Graph& graph, int64_t chunk,
                             const std::vector<float>& parameters, const Feed<float>& feed) {
  std::vector<float> all;
  FullGraph<float> network(graph, context(), chunk);
  network.run(parameters, feed, [&](int64_t first, MatrixView<const float> rows) {
    EXPECT_EQ(first * rows.cols, std::ssize(all));  // in order, without gaps
    EXPECT_LE(rows.rows, chunk);
    for (int64_t i = 0; i < rows.rows; ++i)
      all.insert(all.end(), rows.row(i), rows.row(i) + rows.cols);
  });
  return all;
}

TEST(AWholeGraph, ScoresTheSameInChunksOfAnySize) {
  for (const ToyNetwork& net :
       {ToyNetwork{}, ToyNetwork{.layers = 5, .norm = false, .residual = true},
        ToyNetwork{.dropout = 0.4}, ToyNetwork{.layers = 1}}) {
    const Graph graph = build(net);
    const auto batch = toy_batch<float>(101, net.features, net.outputs, Labels::one);
    const auto parameters = toy_parameters<float>(graph);
    Executor<float> executor(graph, context(), 101, {.training = false, .implementation = {}});
    const auto logits = executor.forward(parameters, batch.feed, false);
    const std::vector<float> expected(logits.data, logits.data + logits.rows * logits.cols);
    for (const int64_t chunk : {1, 7, 50, 101, 4096})
      EXPECT_LE(relative_distance(in_chunks(graph, chunk, parameters, batch.feed), expected), 1e-6)
          << chunk;
  }
}

TEST(AWholeGraph, KeepsOnlyWhatALaterLevelReads) {
  const Graph graph = build({.features = 10, .hidden = 8, .layers = 4});
  const FullGraph<float> network(graph, context());
  EXPECT_EQ(network.levels(),
            4);  // features are aggregated at level 0, then one level a hidden layer
  // Two neighbouring hidden layers at most.
  EXPECT_LE(network.whole_bytes(1000), 2 * 8 * 1000 * 4);
}

}  // namespace
}  // namespace laconic::graph::test
