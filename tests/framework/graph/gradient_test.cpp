// The gradient of whole networks: against central differences in double, and in float against
// double.
#include <gtest/gtest.h>

#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

double mean_loss(Executor<double>& executor, const std::vector<double>& parameters,
                 const Feed<double>& feed) {
  const auto sum = ops::loss(context(), executor.forward(parameters, feed, false), feed.targets,
                             0.0, MatrixView<double>{});
  return sum.loss / static_cast<double>(sum.labelled);
}

// The largest |analytic - central difference| over all parameters, relative to the largest
// gradient.
double error_of_gradient(const Graph& graph, const Feed<double>& feed) {
  Executor<double> executor(graph, context(), feed.rows, {.implementation = "ref"});
  std::vector<double> parameters = toy_parameters<double>(graph);
  const std::vector<double> analytic = gradient(executor, parameters, feed).values;
  double worst = 0, largest = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const double at = parameters[i], step = 1e-6;
    parameters[i] = at + step;
    const double above = mean_loss(executor, parameters, feed);
    parameters[i] = at - step;
    const double below = mean_loss(executor, parameters, feed);
    parameters[i] = at;
    worst = std::max(worst, std::abs(analytic[i] - (above - below) / (2 * step)));
    largest = std::max(largest, std::abs(analytic[i]));
  }
  EXPECT_GT(largest, 1e-3);
  return worst / largest;
}

TEST(TheGradientOfAThreeLayerNet, IsTheCentralDifferenceOfTheSoftmaxLoss) {
  const auto batch = toy_batch<double>(17, 6, 4, Labels::one);
  EXPECT_LE(error_of_gradient(build({}), batch.feed), 1e-6);
}

TEST(TheGradientOfAThreeLayerNet, IsTheCentralDifferenceOfTheSigmoidLoss) {
  const auto batch = toy_batch<double>(17, 6, 4, Labels::many);
  EXPECT_LE(error_of_gradient(build({}), batch.feed), 1e-6);
}

TEST(TheGradientOfAThreeLayerNet, IsTheCentralDifferenceWithResidualsAndWithoutNorms) {
  const auto batch = toy_batch<double>(17, 6, 4, Labels::one);
  EXPECT_LE(error_of_gradient(build({.residual = true}), batch.feed), 1e-6);
  EXPECT_LE(error_of_gradient(build({.norm = false, .residual = true}), batch.feed), 1e-6);
}

TEST(TheGradientOfAThreeLayerNet, IgnoresRowsWithoutALabel) {
  auto batch = toy_batch<double>(17, 6, 4, Labels::one);
  const Graph graph = build({});
  Executor<double> executor(graph, context(), 17, {.implementation = "ref"});
  const auto parameters = toy_parameters<double>(graph);
  std::fill(batch.classes.begin(), batch.classes.end(), -1);
  const auto g = gradient(executor, parameters, batch.feed);
  EXPECT_EQ(g.loss, 0);
  EXPECT_EQ(g.values, std::vector<double>(parameters.size(), 0));
}

TEST(TheGradientInFloat, IsTheGradientInDoubleToFivePlaces) {
  for (const Labels labels : {Labels::one, Labels::many})
    for (const ToyNetwork& net :
         {ToyNetwork{.features = 33, .hidden = 48, .outputs = 7},
          ToyNetwork{.features = 20, .hidden = 32, .outputs = 5, .residual = true}}) {
      const Graph graph = build(net);
      const auto exact_batch = toy_batch<double>(150, net.features, net.outputs, labels);
      const auto batch = toy_batch<float>(150, net.features, net.outputs, labels);
      Executor<double> truth(graph, context(), 150, {.implementation = "ref"});
      Executor<float> fast(graph, context(2), 150);
      const auto exact = gradient(truth, toy_parameters<double>(graph), exact_batch.feed);
      const auto g = gradient(fast, toy_parameters<float>(graph), batch.feed);
      EXPECT_NEAR(g.loss, exact.loss, 1e-5 * exact.loss);
      EXPECT_LE(relative_distance(g.values, exact.values), 1e-5);
    }
}

// Dropout's masks are a function of the step, so a training step is a function too.
TEST(TheGradientWithDropout, IsTheSameInFloatAndDouble) {
  const Graph graph = build({.dropout = 0.3});
  const auto exact_batch = toy_batch<double>(60, 6, 4, Labels::one);
  const auto batch = toy_batch<float>(60, 6, 4, Labels::one);
  Executor<double> truth(graph, context(), 60, {.implementation = "ref"});
  Executor<float> fast(graph, context(), 60);
  const auto exact = gradient(truth, toy_parameters<double>(graph), exact_batch.feed, true);
  const auto g = gradient(fast, toy_parameters<float>(graph), batch.feed, true);
  const auto undropped = gradient(truth, toy_parameters<double>(graph), exact_batch.feed, false);
  EXPECT_LE(relative_distance(g.values, exact.values), 1e-5);
  EXPECT_GT(relative_distance(undropped.values, exact.values), 1e-2);
}

}  // namespace
}  // namespace laconic::graph::test
