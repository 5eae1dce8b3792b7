// What the executor promises to those who use it as an oracle: gradients are added, reported as
// they become final, and made only when asked for; rows may change with every batch.
#include "framework/graph/executor.hpp"

#include <gtest/gtest.h>

#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

using Spans = std::vector<std::pair<int64_t, int64_t>>;

TEST(TheExecutor, ReportsFinalGradientsInAscendingOrderAndEachOnce) {
  for (const ToyNetwork& net :
       {ToyNetwork{}, ToyNetwork{.layers = 5, .residual = true}, ToyNetwork{.layers = 1}}) {
    const Graph graph = build(net);
    const auto batch = toy_batch<float>(30, net.features, net.outputs, Labels::one);
    const auto parameters = toy_parameters<float>(graph);
    Executor<float> executor(graph, context(), 30);
    const std::vector<float> expected = gradient(executor, parameters, batch.feed).values;
    std::vector<float> gradients(parameters.size(), 0);
    const auto output = executor.forward(parameters, batch.feed, false);
    ops::loss(context(), MatrixView<const float>(output), batch.feed.targets, 1.0f / 20,
              executor.output_cotangent());
    int64_t end = 0;
    executor.backward(parameters, batch.feed, gradients, [&](int64_t first, int64_t last) {
      EXPECT_EQ(first, end);
      end = last;
      // Final means final: nothing writes there afterwards.
      EXPECT_TRUE(std::equal(gradients.begin() + first, gradients.begin() + last,
                             expected.begin() + first));
    });
    EXPECT_EQ(end, graph.parameter_count);
  }
}

TEST(TheExecutor, AddsToTheGradientsItIsGiven) {
  const Graph graph = build({});
  const auto batch = toy_batch<double>(30, 6, 4, Labels::one);
  const auto parameters = toy_parameters<double>(graph);
  Executor<double> executor(graph, context(), 30);
  const auto once = gradient(executor, parameters, batch.feed);
  std::vector<double> twice = once.values;
  const auto output = executor.forward(parameters, batch.feed, false);
  ops::loss(context(), MatrixView<const double>(output), batch.feed.targets, 1.0 / 20,
            executor.output_cotangent());
  executor.backward(parameters, batch.feed, twice);
  for (size_t i = 0; i < twice.size(); ++i) EXPECT_NEAR(twice[i], 2 * once.values[i], 1e-12);
}

TEST(TheExecutor, GivesTheInputsCotangentWithoutTheParameters) {
  const Graph graph = build({});
  const auto batch = toy_batch<double>(30, 6, 4, Labels::one);
  const auto parameters = toy_parameters<double>(graph);
  Executor<double> executor(graph, context(), 30, {.input_cotangents = true});
  const auto output = executor.forward(parameters, batch.feed, false);
  ops::loss(context(), MatrixView<const double>(output), batch.feed.targets, 1.0,
            executor.output_cotangent());
  bool reported = false;
  const uint8_t want = 1;
  executor.backward(parameters, batch.feed, {}, [&](int64_t, int64_t) { reported = true; },
                    {.inputs = {&want, 1}});
  EXPECT_FALSE(reported);
  // Along a direction, the cotangent is the derivative of the loss.
  auto moved = toy_batch<double>(30, 6, 4, Labels::one);
  const Random random(9, Stream::test);
  double slope = 0;
  const double step = 1e-6;
  for (size_t k = 0; k < moved.features.size(); ++k)
    slope += random.normal(k) * executor.input_cotangent(0).data[k];
  const auto loss_at = [&](double t) {
    for (size_t k = 0; k < moved.features.size(); ++k)
      moved.features[k] = batch.features[k] + t * random.normal(k);
    const auto logits = executor.forward(parameters, moved.feed, false);
    return ops::loss(context(), MatrixView<const double>(logits), moved.feed.targets, 0.0,
                     MatrixView<double>{})
        .loss;
  };
  EXPECT_NEAR(slope, (loss_at(step) - loss_at(-step)) / (2 * step), 1e-6 * std::abs(slope));
}

TEST(TheExecutor, TakesBatchesOfAnySizeUpToTheLargest) {
  const Graph graph = build({});
  const auto parameters = toy_parameters<float>(graph);
  Executor<float> large(graph, context(), 90);
  for (const int64_t rows : {90, 1, 33, 0, 64}) {
    const auto batch = toy_batch<float>(rows, 6, 4, Labels::one);
    Executor<float> exact(graph, context(), rows);
    const auto expected = gradient(exact, parameters, batch.feed);
    const auto g = gradient(large, parameters, batch.feed);
    EXPECT_EQ(g.values, expected.values) << rows;
    EXPECT_EQ(g.loss, expected.loss) << rows;
    if (rows == 0) {
      EXPECT_EQ(g.values, std::vector<float>(parameters.size(), 0));
    }
  }
}

// One source: `laconic plan` reports what the executor allocates.
TEST(TheExecutor, AllocatesWhatIsForecast) {
  for (const Recordings recordings : {Recordings::one, Recordings::many})
    for (const bool training : {true, false}) {
      const Graph graph = build({.layers = 4});
      const PlanOptions options{.training = training, .recordings = recordings};
      const NetworkMemory memory = memory_of(graph, context(), 50, options);
      Executor<float> executor(graph, context(), 50, options);
      EXPECT_EQ(memory.activations + memory.workspace, executor.layout().bytes());
      EXPECT_EQ(memory.activations > 0, training);
      const auto batch = toy_batch<float>(50, 6, 4, Labels::one);
      Recording recording;
      executor.forward(toy_parameters<float>(graph), batch.feed, false, recording);
      EXPECT_EQ(recording.bytes(), executor.layout().recording_bytes);
    }
}

TEST(TheExecutor, ComputesTheSameBitsWithOneAndTwoThreads) {
  const ToyNetwork net{.features = 100, .hidden = 96, .outputs = 40, .dropout = 0.2};
  const Graph graph = build(net);
  const auto parameters = toy_parameters<float>(graph);
  for (const Labels labels : {Labels::one, Labels::many}) {
    const auto batch = toy_batch<float>(700, net.features, net.outputs, labels);
    Executor<float> one(graph, context(1), 700), two(graph, context(2), 700);
    const auto a = gradient(one, parameters, batch.feed, true),
               b = gradient(two, parameters, batch.feed, true);
    EXPECT_EQ(a.loss, b.loss);
    EXPECT_EQ(a.values, b.values);
  }
}

}  // namespace
}  // namespace laconic::graph::test
