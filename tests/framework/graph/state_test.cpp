// Untrained state of a network: where it lies, who writes it, and that it comes back from JSON.
#include <gmock/gmock.h>

#include "framework/base/error.hpp"
#include "framework/graph/full_graph.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

using testing::Each;
using testing::HasSubstr;

struct StatefulNet {
  bool wrap = false, frozen = false;
  std::vector<std::string> rules = {"per_rank", "average", "rank0"};
};

Graph stateful(const StatefulNet& net) {
  GraphBuilder b;
  ValueId h = b.input("features", 6);
  for (size_t i = 0; i < net.rules.size(); ++i) {
    const std::string name = "layer" + std::to_string(i + 1);
    const auto add = [&](GraphBuilder& into, ValueId v) {
      v = into.add("linear", name, {v}, {{"out", 5 + static_cast<int64_t>(i)}});
      return into.add("batch_norm", name + ".norm", {v},
                      {{"activation", "relu"}, {"rule", net.rules[i]}, {"frozen", net.frozen}});
    };
    if (net.wrap) {
      GraphBuilder body;
      add(body, body.input("input", b.spec(h)));
      h = b.add("recompute", name + ".block", {h}, nlohmann::json::object(),
                std::make_shared<const Graph>(body.finish()));
    } else {
      h = add(b, h);
    }
  }
  b.add("linear", "top", {h}, {{"out", 4}, {"bias", true}});
  return b.finish();
}

std::vector<float> initial_state(const Graph& graph) {
  std::vector<float> state(graph.state_count);
  initialise_state(graph, state);
  return state;
}

TEST(StateOfANetwork, LiesInTheOrderOfItsRules) {
  for (const bool wrap : {false, true}) {
    const Graph graph = stateful({.wrap = wrap});
    EXPECT_EQ(graph.state_count, 2 * (5 + 6 + 7));
    using Rule = ops::StateSpec::Rule;
    EXPECT_EQ(graph.begin_and_end(Rule::average), std::pair(int64_t{0}, int64_t{12}));
    EXPECT_EQ(graph.begin_and_end(Rule::rank0), std::pair(int64_t{12}, int64_t{26}));
    EXPECT_EQ(graph.begin_and_end(Rule::per_rank), std::pair(int64_t{26}, int64_t{36}));
    EXPECT_EQ(graph.find_state("layer1.norm.running_variance")->offset, 31);
    const std::vector<float> state = initial_state(graph);
    EXPECT_THAT(std::vector<float>(state.begin(), state.begin() + 6), Each(0));
    EXPECT_THAT(std::vector<float>(state.begin() + 6, state.begin() + 12), Each(1));
  }
}

TEST(StateOfANetwork, ComesBackFromJson) {
  const Graph graph = stateful({.wrap = true});
  EXPECT_EQ(Graph::from_json(graph.to_json()), graph);
  nlohmann::json old = graph.to_json();
  old.erase("states");
  EXPECT_EQ(Graph::from_json(old), graph);
  const auto refused = [&](auto damage) -> std::string {
    nlohmann::json json = graph.to_json();
    damage(json["states"]);
    try {
      Graph::from_json(json);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refused([](auto& s) { s[0]["count"] = 4; }), HasSubstr("its node needs 5"));
  EXPECT_THAT(refused([](auto& s) { s[0]["rule"] = "average"; }), HasSubstr("per_rank"));
  EXPECT_THAT(refused([](auto& s) { s[1]["offset"] = 26; }), HasSubstr("starts at"));
  EXPECT_THAT(refused([](auto& s) { s[1]["offset"] = 0; }), HasSubstr("from 26"));
  EXPECT_THAT(refused([](auto& s) { s[1]["name"] = s[0]["name"]; }), HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& s) { s[1]["name"] = "x"; }), HasSubstr("no node"));
  EXPECT_THAT(refused([](auto& s) { s.erase(0); }), HasSubstr("5 states"));
}

// One step: the outputs, the gradients and the new state.
struct Step {
  std::vector<float> output, gradients, next;
  bool operator==(const Step&) const = default;
};

Step step(const Graph& graph, bool training) {
  const auto batch = toy_batch<float>(40, 6, 4, Labels::one);
  const auto parameters = toy_parameters<float>(graph);
  const std::vector<float> state = initial_state(graph);
  Step result{{}, std::vector<float>(parameters.size()), state};
  Executor<float> executor(graph, context(), 40);
  const Point<float> point(parameters, state, result.next);
  const auto y = executor.forward(point, batch.feed, training);
  result.output.assign(y.data, y.data + y.rows * y.cols);
  ops::loss(context(), MatrixView<const float>(y), batch.feed.targets, 0.1f,
            executor.output_cotangent());
  executor.backward(point, batch.feed, result.gradients);
  EXPECT_EQ(state, initial_state(graph));
  return result;
}

TEST(StateOfANetwork, IsWrittenOnceWhereABodyRunsTwice) {
  const Step plain = step(stateful({}), true);
  EXPECT_NE(plain.next, initial_state(stateful({})));
  EXPECT_EQ(step(stateful({.wrap = true}), true), plain);
}

TEST(StateOfANetwork, StaysAsItIsInEvaluationAndWhereItIsFrozen) {
  EXPECT_EQ(step(stateful({}), false).next, initial_state(stateful({})));
  for (const bool wrap : {false, true})
    EXPECT_EQ(step(stateful({.wrap = wrap, .frozen = true}), true), step(stateful({}), false));
}

// The mean over batches, not the running mean.
TEST(StateOfANetwork, CanBecomeTheMeanOverBatches) {
  const Graph graph = stateful({.rules = {"average"}});
  const auto parameters = toy_parameters<float>(graph);
  Executor<float> executor(graph, context(), 60);
  std::vector<float> mean = initial_state(graph);
  std::vector<double> sum(mean.size());
  for (const int64_t rows : {20, 60, 31}) {
    const auto batch = toy_batch<float>(rows, 6, 4, Labels::one);
    std::vector<float> alone = initial_state(graph);
    executor.forward({parameters, alone, alone, 0}, batch.feed, true);
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += alone[i] / 3.0;
  }
  int64_t taken = 0;
  for (const int64_t rows : {20, 60, 31})
    executor.forward({parameters, mean, mean, taken++},
                     toy_batch<float>(rows, 6, 4, Labels::one).feed, true);
  for (size_t i = 0; i < sum.size(); ++i) EXPECT_NEAR(mean[i], sum[i], 1e-6) << i;
}

TEST(StateOfANetwork, IsUsedLevelByLevelAsWell) {
  const Graph graph = stateful({});
  const auto batch = toy_batch<float>(101, 6, 4, Labels::one);
  const auto parameters = toy_parameters<float>(graph);
  std::vector<float> state = initial_state(graph);
  for (size_t i = 0; i < state.size(); ++i) state[i] += 0.01f * static_cast<float>(i);
  Executor<float> executor(graph, context(), 101, {.training = false});
  const auto y = executor.forward({parameters, state}, batch.feed, false);
  std::vector<float> chunks;
  FullGraph<float>(graph, context(), 7)
      .run({parameters, state}, batch.feed, [&](int64_t, MatrixView<const float> rows) {
        for (int64_t i = 0; i < rows.rows; ++i)
          chunks.insert(chunks.end(), rows.row(i), rows.row(i) + rows.cols);
      });
  EXPECT_LE(relative_distance(chunks, std::vector<float>(y.data, y.data + y.rows * y.cols)), 1e-6);
  EXPECT_THROW(executor.forward(parameters, batch.feed, false), Error);  // without its state
}

}  // namespace
}  // namespace laconic::graph::test
