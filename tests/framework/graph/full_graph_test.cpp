// Evaluation level by level in chunks of rows equals the network run at once.
#include "framework/graph/full_graph.hpp"

#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/framework/graph/blocks.hpp"

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
    Executor<float> executor(graph, context(), 101, {.training = false});
    const auto logits = executor.forward(parameters, batch.feed, false);
    const std::vector<float> expected(logits.data, logits.data + logits.rows * logits.cols);
    for (const int64_t chunk : {1, 7, 50, 101, 4096})
      EXPECT_LE(relative_distance(in_chunks(graph, chunk, parameters, batch.feed), expected), 1e-6)
          << chunk;
  }
}

TEST(AWholeGraph, OpensALevelForEachAggregation) {
  const Graph graph = build({.features = 10, .hidden = 8, .layers = 4});
  // Features are aggregated at level 0, then each hidden layer at one.
  EXPECT_EQ(FullGraph<float>(graph, context()).levels(), 4);
}

TEST(AWholeGraph, IsRefusedIfItsNodesHaveBodiesPixelsOrSeveralOutputs) {
  const auto message = [](const Graph& graph) {
    try {
      FullGraph<float> refused(graph, context());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message(build(Blocks(), Nesting::plain)), "accepted");
  EXPECT_NE(message(build(Blocks(), Nesting::bodies)).find("node 'layer1.block' (recompute)"),
            std::string::npos);
  GraphBuilder pixels;
  pixels.add("mean_pool", "mean", {pixels.input("image", {3, ops::Space::pixels(1)})});
  EXPECT_NE(message(pixels.finish()).find("node 'mean' (mean_pool)"), std::string::npos);
  GraphBuilder two;
  const ValueId h = two.add("linear", "h", {two.input("x", 4)}, {{"out", 4}});
  const ValueId r = two.add("relu", "r", {h});
  EXPECT_NE(message(two.finish({h, r})).find("2 outputs"), std::string::npos);
}

}  // namespace
}  // namespace laconic::graph::test
