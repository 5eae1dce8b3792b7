// The flat buffer of parameters: its order, its initial values, and variants of a network that
// share it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "framework/base/error.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

// Two branches that add up, one of them through a ReLU, built in either order.
Graph branches(bool swapped) {
  GraphBuilder b;
  const ValueId x = b.input("x", 5);
  const auto branch = [&](const std::string& name) {
    const ValueId z = b.add("linear", name, {x}, {{"out", 7}, {"bias", true}});
    return name == "left" ? b.add("relu", "left.relu", {z}) : z;
  };
  const ValueId first = branch(swapped ? "right" : "left");
  const ValueId second = branch(swapped ? "left" : "right");
  b.add("linear", "top", {b.add("add", "sum", {first, second})}, {{"out", 3}});
  return b.finish();
}

std::vector<float> initial(const Graph& graph, uint64_t seed) {
  std::vector<float> values(graph.parameter_count, -99);
  initialise(graph, seed, values);
  return values;
}

std::vector<float> values_of(const Graph& graph, const std::vector<float>& all,
                             const std::string& name) {
  const Parameter* p = graph.find_parameter(name);
  return {all.begin() + p->offset, all.begin() + p->offset + p->size()};
}

TEST(TheFlatBuffer, HoldsEveryParameterOnceAndTheLastLayerFirst) {
  const Graph graph = build({});
  std::vector<const Parameter*> by_offset;
  for (const Parameter& p : graph.parameters) by_offset.push_back(&p);
  std::sort(by_offset.begin(), by_offset.end(),
            [](auto* a, auto* b) { return a->offset < b->offset; });
  int64_t end = 0;
  int32_t node = by_offset.front()->node;
  for (const Parameter* p : by_offset) {
    EXPECT_EQ(p->offset, end);
    EXPECT_LE(p->node, node);
    end += p->size();
    node = p->node;
  }
  EXPECT_EQ(end, graph.parameter_count);
  EXPECT_EQ(by_offset.front()->node, static_cast<int32_t>(graph.nodes.size()) - 1);
}

TEST(InitialValues, DependOnTheNameAndTheSeedAndNotOnTheOrder) {
  const Graph one = branches(false), other = branches(true);
  const auto a = initial(one, 4), b = initial(other, 4), c = initial(one, 5);
  EXPECT_NE(one.find_parameter("left.weight")->offset, other.find_parameter("left.weight")->offset);
  for (const Parameter& p : one.parameters)
    EXPECT_EQ(values_of(one, a, p.spec.name), values_of(other, b, p.spec.name)) << p.spec.name;
  EXPECT_NE(values_of(one, a, "left.weight"), values_of(one, a, "right.weight"));
  EXPECT_NE(a, c);
}

TEST(InitialValues, AreGlorotUniformInWeightsAndConstantElsewhere) {
  const Graph graph = build({.features = 40, .hidden = 60});
  const auto all = initial(graph, 1);
  const double limit = std::sqrt(6.0 / (80 + 60));  // both halves of [A^ H | H] count
  double sum = 0, square = 0, largest = 0;
  const auto weights = values_of(graph, all, "layer1.weight_0");
  for (const float w : weights) {
    sum += w;
    square += static_cast<double>(w) * w;
    largest = std::max(largest, std::abs(static_cast<double>(w)));
  }
  const auto n = static_cast<double>(weights.size());
  EXPECT_LE(largest, limit);
  EXPECT_GT(largest, 0.99 * limit);
  EXPECT_NEAR(sum / n, 0, 0.05 * limit);
  EXPECT_NEAR(square / n, limit * limit / 3, 0.05 * limit * limit / 3);
  EXPECT_EQ(values_of(graph, all, "layer1.bias"), std::vector<float>(60, 0));
  for (const Parameter& p : graph.parameters)
    if (p.spec.init == ops::ParameterSpec::Init::ones) {
      EXPECT_EQ(values_of(graph, all, p.spec.name), std::vector<float>(p.size(), 1));
    }
}

TEST(AnAdoptedLayout, RunsAVariantOnTheSameBuffer) {
  const Graph reference = branches(false);
  Graph variant = branches(true);
  const Graph own_layout = branches(true);
  adopt_layout(variant, reference);
  for (const Parameter& p : reference.parameters)
    EXPECT_EQ(variant.find_parameter(p.spec.name)->offset, p.offset);
  const auto batch = toy_batch<float>(9, 5, 3, Labels::one);
  const auto parameters = toy_parameters<float>(reference);
  Executor<float> a(reference, context(), 9), b(variant, context(), 9),
      wrong(own_layout, context(), 9);
  const auto g = gradient(a, parameters, batch.feed);
  EXPECT_LE(relative_distance(gradient(b, parameters, batch.feed).values, g.values), 1e-6);
  EXPECT_GT(relative_distance(gradient(wrong, parameters, batch.feed).values, g.values), 1e-2);
}

TEST(AnAdoptedLayout, IsRefusedWhenTheParametersDiffer) {
  Graph wider = build({.hidden = 9});
  EXPECT_THROW(adopt_layout(wider, build({.hidden = 8})), Error);
  Graph deeper = build({.layers = 4});
  EXPECT_THROW(adopt_layout(deeper, build({.layers = 3})), Error);
}

TEST(TheBuilder, RefusesTwoParametersOfOneName) {
  GraphBuilder b;
  const ValueId x = b.input("x", 4);
  const ValueId h = b.add("linear", "same", {x}, {{"out", 4}});
  EXPECT_THROW(b.add("linear", "same", {h}, {{"out", 4}}), Error);
}

}  // namespace
}  // namespace laconic::graph::test
