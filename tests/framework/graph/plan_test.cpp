// What the planner promises: memory is shared only between values that never live at the same time,
// written in place where nobody looks again, and small.
#include <gtest/gtest.h>

#include <limits>

#include "framework/graph/layout.hpp"
#include "tests/framework/graph/naive_executor.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

const std::vector<ToyNetwork> networks{
    {},
    {.norm = false},
    {.layers = 5, .residual = true},
    {.layers = 4, .norm = false, .residual = true, .dropout = 0.3},
    {.hidden = 20, .layers = 6, .dropout = 0.5},
    {.layers = 1}};

std::vector<float> copy(MatrixView<const float> m) {
  std::vector<float> out;
  for (int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  return out;
}

TEST(APlannedNetwork, ComputesTheBitsOfOneThatSharesNoMemory) {
  for (const ToyNetwork& net : networks)
    for (const bool input_cotangents : {false, true})
      for (const Recordings recordings : {Recordings::one, Recordings::many}) {
        const Graph graph = build(net);
        const auto batch = toy_batch<float>(70, net.features, net.outputs, Labels::one);
        const auto parameters = toy_parameters<float>(graph);
        Executor<float> executor(graph, context(), 100,
                                 {.input_cotangents = input_cotangents, .recordings = recordings});
        const MatrixView<float> output = executor.forward(parameters, batch.feed, true);
        const std::vector<float> logits = copy(output);
        std::vector<float> gradients(parameters.size(), 0);
        ops::loss(context(), MatrixView<const float>(output), batch.feed.targets, 0.1f,
                  executor.output_cotangent());
        const uint8_t want = 1;
        executor.backward(parameters, batch.feed, gradients, {},
                          input_cotangents ? Wanted{.inputs = {&want, 1}} : Wanted{});
        const auto naive = run_naively<float>(graph, context(), parameters, batch.feed, true, 0.1f);
        EXPECT_EQ(logits, naive.output);
        EXPECT_EQ(gradients, naive.gradients);
        if (input_cotangents) {
          EXPECT_EQ(copy(executor.input_cotangent(0)), naive.input_cotangents[0]);
        }
      }
}

TEST(APlannedNetwork, ReadsNothingThatAnEarlierBatchLeftInTheArena) {
  for (const ToyNetwork& net : networks) {
    const Graph graph = build(net);
    const auto batch = toy_batch<float>(40, net.features, net.outputs, Labels::one);
    auto poison = toy_batch<float>(64, net.features, net.outputs, Labels::one);
    std::fill(poison.features.begin(), poison.features.end(),
              std::numeric_limits<float>::quiet_NaN());
    const auto parameters = toy_parameters<float>(graph);
    Executor<float> fresh(graph, context(), 64), used(graph, context(), 64);
    const auto poisoned = gradient(used, parameters, poison.feed, true);
    ASSERT_TRUE(std::isnan(poisoned.values.front()));
    EXPECT_EQ(gradient(used, parameters, batch.feed, true).values,
              gradient(fresh, parameters, batch.feed, true).values);
  }
}

TEST(APlannedNetwork, GivesTheSameGradientTwiceWhereRecordingsStay) {
  for (const ToyNetwork& net : networks) {
    const Graph graph = build(net);
    const auto batch = toy_batch<float>(40, net.features, net.outputs, Labels::one);
    const auto parameters = toy_parameters<float>(graph);
    Executor<float> executor(graph, context(), 40, {.recordings = Recordings::many});
    // The output's slot is the caller's until backward, so the cotangent is made once and kept.
    const MatrixView<float> output = executor.forward(parameters, batch.feed, true);
    ops::loss(context(), MatrixView<const float>(output), batch.feed.targets, 0.1f,
              executor.output_cotangent());
    const std::vector<float> cotangent = copy(executor.output_cotangent());
    std::vector<float> first(parameters.size(), 0), second(parameters.size(), 0);
    executor.backward(parameters, batch.feed, first);
    std::copy(cotangent.begin(), cotangent.end(), executor.output_cotangent().data);
    executor.backward(parameters, batch.feed, second);
    EXPECT_EQ(first, second);
  }
}

Layout layout_of(const Graph& graph, int64_t rows, const LayoutOptions& options = {}) {
  const auto plan = make_plan<float>(graph, context());
  plan.reserve(rows);
  return make_layout(graph, plan, options, rows);
}

bool in_place(const Graph& graph, const std::string& node) {
  const Layout layout = layout_of(graph, 10);
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].spec.name == node) return layout.in_place[i];
  throw std::out_of_range(node);
}

TEST(ThePlan, WritesInPlaceWhereNobodyReadsTheInputAgain) {
  const Graph graph = build({.norm = false, .dropout = 0.3});
  EXPECT_TRUE(in_place(graph, "layer2.relu"));     // over the linear map's output
  EXPECT_TRUE(in_place(graph, "layer2.dropout"));  // over the aggregate
  EXPECT_FALSE(in_place(graph, "layer2.aggregate"));
  EXPECT_FALSE(in_place(graph, "layer2"));
}

TEST(ThePlan, DoesNotWriteOverAValueThatIsReadAgain) {
  GraphBuilder b;
  const ValueId x = b.input("x", 8);
  const ValueId z = b.add("linear", "first", {x}, {{"out", 8}});
  const ValueId h = b.add("relu", "relu", {z});
  b.add("add", "sum", {h, z});
  EXPECT_FALSE(in_place(b.finish(), "relu"));
}

// Aggregate, own input and the norm's input, with the two statistics a row that the norm saves.
TEST(ThePlan, CostsAtMostThreeWidthsALayer) {
  constexpr int64_t rows = 1000, width = 128;
  const auto bytes = [](int64_t layers) {
    const Graph graph =
        build({.features = width, .hidden = width, .outputs = 16, .layers = layers});
    return layout_of(graph, rows).bytes();
  };
  for (int64_t layers = 3; layers < 9; ++layers) {
    EXPECT_LE(bytes(layers + 1) - bytes(layers), rows * (3 * width + 2) * 4) << layers;
    EXPECT_GT(bytes(layers + 1), bytes(layers));
  }
}

TEST(ThePlan, NeedsNoMemoryForDepthWhenItOnlyEvaluates) {
  const auto bytes = [](int64_t layers) {
    return layout_of(build({.hidden = 128, .layers = layers}), 100, {.training = false}).bytes();
  };
  EXPECT_EQ(bytes(4), bytes(12));
}

TEST(ThePlan, SaysWhichImplementationItChose) {
  const Graph graph = build({});
  for (const auto& node : make_plan<float>(graph, context()).nodes)
    EXPECT_EQ(node.implementation, "cpu");
  for (const auto& node : make_plan<float>(graph, context(), "ref").nodes)
    EXPECT_EQ(node.implementation, "ref");
}

}  // namespace
}  // namespace laconic::graph::test
