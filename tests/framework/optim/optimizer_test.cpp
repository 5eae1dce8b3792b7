// Every update rule against the rule as its paper writes it, one parameter at a time in double.
#include "framework/optim/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/ops/update/update.hpp"
#include "framework/optim/graph_parameters.hpp"
#include "tests/framework/optim/optimizers.hpp"

namespace laconic::optim {
namespace {

graph::Graph two_layers() {
  graph::GraphBuilder b;
  const auto x = b.input("x", 5);
  b.layer("layer1");
  const auto z = b.add("linear", "layer1", {x}, {{"out", 4}, {"bias", true}});
  const auto h = b.add("layer_norm", "layer1.norm", {z}, {{"activation", "relu"}});
  b.layer("layer2");
  b.add("linear", "layer2", {h}, {{"out", 3}, {"bias", true}});
  return b.finish();
}

struct Reference {
  OptimizerOptions options;
  std::vector<double> w, decay, m, v;
  int t = 0;

  void step(double lr, const std::vector<float>& gradient) {
    ++t;
    const std::string& rule = options.kind.name();
    const bool decoupled = rule == "adamw";
    const SgdOptions sgd = rule == "sgd" ? options.kind.as<SgdOptions>() : SgdOptions();
    const AdamOptions adam = rule == "sgd" ? AdamOptions() : options.kind.as<AdamOptions>();
    for (size_t i = 0; i < w.size(); ++i) {
      const double mu = sgd.momentum, b1 = adam.beta1, b2 = adam.beta2;
      if (decoupled) w[i] *= 1 - lr * decay[i];
      const double g = gradient[i] + (decoupled ? 0 : decay[i] * w[i]);
      if (rule == "sgd") {
        m[i] = mu * m[i] + g;
        w[i] -= lr * (sgd.nesterov ? g + mu * m[i] : m[i]);
        continue;
      }
      m[i] = b1 * m[i] + (1 - b1) * g;
      v[i] = b2 * v[i] + (1 - b2) * g * g;
      w[i] -= lr * (m[i] / (1 - std::pow(b1, t))) /
              (std::sqrt(v[i] / (1 - std::pow(b2, t))) + adam.epsilon);
    }
  }
};

// Which parameters a scope decays, by name.
bool decays(DecayScope scope, const std::string& name) {
  if (scope == DecayScope::weights) return name == "layer1.weight" || name == "layer2.weight";
  return scope == DecayScope::all || name.starts_with("layer1.");
}

Context with_threads(int threads) {
  return {.threads = threads, .isa = detect_isa()};
}

void expect_as_reference(OptimizerOptions options) {
  const graph::Graph graph = two_layers();
  std::vector<float> w(graph.parameter_count), g(w.size());
  graph::initialise(graph, 3, w);
  Reference reference{.options = options,
                      .w = {w.begin(), w.end()},
                      .decay = std::vector<double>(w.size(), 0),
                      .m = std::vector<double>(w.size(), 0),
                      .v = std::vector<double>(w.size(), 0)};
  for (const graph::Parameter& p : graph.parameters)
    if (decays(options.decay_scope, p.spec.name))
      std::fill_n(reference.decay.begin() + p.offset, p.size(), options.weight_decay);
  Optimizer optimizer(with_threads(1), options, parameters_of(graph), graph.parameter_count);
  optimizer.allocate();
  for (uint64_t step = 0; step < 50; ++step) {
    const Random random(1, Stream::test, step);
    for (size_t i = 0; i < g.size(); ++i) g[i] = static_cast<float>(random.normal(i));
    const double lr = 0.01 * (1 + static_cast<double>(step % 3));
    optimizer.step(lr, w, g);
    reference.step(lr, g);
  }
  for (size_t i = 0; i < w.size(); ++i)
    ASSERT_NEAR(w[i], reference.w[i], 2e-5) << options.kind.name() << " element " << i;
}

TEST(TheUpdate, IsStochasticGradientDescent) {
  expect_as_reference(test::sgd(0.01, 0));
}

TEST(TheUpdate, IsHeavyBallMomentum) {
  expect_as_reference(test::sgd(0.01, 0.9));
}

TEST(TheUpdate, IsNesterovsMomentum) {
  expect_as_reference(test::sgd(0.01, 0.9, true));
}

TEST(TheUpdate, IsAdam) {
  expect_as_reference(test::with("adam"));
  OptimizerOptions options = test::with("adam");
  auto& adam = options.kind.as<AdamOptions>();
  adam.beta1 = 0.5;
  adam.beta2 = 0.9;
  adam.epsilon = 0.1;
  expect_as_reference(options);
}

TEST(TheUpdate, DecaysWhatTheScopeNames) {
  for (const RuleEntry& rule : list())
    for (const DecayScope scope : {DecayScope::weights, DecayScope::first_layer, DecayScope::all}) {
      OptimizerOptions options = test::with(rule.name);
      options.weight_decay = 0.3;
      options.decay_scope = scope;
      expect_as_reference(options);
    }
}

TEST(TheOptimizer, TakesTheLayerThatTheBuilderNamedAndNotAPieceOfAName) {
  graph::GraphBuilder b;
  const auto x = b.input("x", 5);
  b.layer("first");
  const auto h = b.add("linear", "odd.name", {x}, {{"out", 4}});
  const auto z = b.add("linear", "another", {h}, {{"out", 4}});
  b.layer("second");
  b.add("linear", "odd.too", {z}, {{"out", 3}});
  const graph::Graph graph = b.finish();
  OptimizerOptions options = test::sgd(1, 0);
  options.weight_decay = 0.5;
  options.decay_scope = DecayScope::first_layer;
  Optimizer optimizer(with_threads(1), options, parameters_of(graph), graph.parameter_count);
  std::vector<float> w(graph.parameter_count, 1), g(w.size(), 0);
  optimizer.step(1, w, g);
  for (const graph::Parameter& p : graph.parameters)
    EXPECT_EQ(w[p.offset], p.spec.layer == "first" ? 0.5f : 1) << p.spec.name;
  EXPECT_EQ(graph.find_parameter("another.weight")->spec.layer, "first");
}

TEST(AdamW, DiffersFromAdamOnlyByWhereTheDecayGoes) {
  const graph::Graph graph = two_layers();
  const std::vector<float> g(graph.parameter_count, 0.5f);
  const auto after = [&](const char* rule, double decay) {
    OptimizerOptions options = test::with(rule);
    options.weight_decay = decay;
    std::vector<float> w(g.size());
    graph::initialise(graph, 3, w);
    Optimizer optimizer(with_threads(1), options, parameters_of(graph), graph.parameter_count);
    optimizer.allocate();
    for (int i = 0; i < 5; ++i) optimizer.step(0.01, w, g);
    return w;
  };
  EXPECT_EQ(after("adam", 0), after("adamw", 0));
  EXPECT_NE(after("adam", 0.1), after("adamw", 0.1));
}

TEST(TheOptimizer, DeclaresItsMomentsBeforeTheyHaveMemory) {
  const graph::Graph graph = two_layers();
  const auto moments_of = [&](const OptimizerOptions& options) {
    Optimizer optimizer(with_threads(1), options, parameters_of(graph), graph.parameter_count);
    StateList state;
    optimizer.visit_state(state);
    int64_t moments = 0;
    for (const StateEntry& entry : state.entries()) {
      if (!entry.name.starts_with("optimizer/moment")) continue;
      EXPECT_EQ(entry.count, graph.parameter_count);
      EXPECT_TRUE(entry.memory().empty()) << entry.name;
      ++moments;
    }
    if (moments > 0) {  // not before allocate()
      std::vector<float> w(graph.parameter_count), g(w.size());
      EXPECT_THROW(optimizer.step(0.1, w, g), Error);
    }
    optimizer.allocate();
    for (const StateEntry& entry : state.entries())
      EXPECT_EQ(std::ssize(entry.contents()), entry.bytes());
    return moments;
  };
  EXPECT_EQ(moments_of(test::sgd(0.01, 0)), 0);
  EXPECT_EQ(moments_of(test::with("sgd")), 1);
  EXPECT_EQ(moments_of(test::with("adam")), 2);
  EXPECT_EQ(moments_of(test::with("adamw")), 2);
}

TEST(TheOptimizer, ContinuesFromItsStateToTheBit) {
  const graph::Graph graph = two_layers();
  const std::vector<float> g(graph.parameter_count, 0.25f);
  for (const OptimizerOptions& options : {test::with("adam"), test::sgd()}) {
    std::vector<float> w(g.size());
    graph::initialise(graph, 3, w);
    const std::vector<Parameter> known = parameters_of(graph);
    Optimizer first(with_threads(1), options, known, graph.parameter_count);
    Optimizer second(with_threads(1), options, known, graph.parameter_count);
    first.allocate();
    for (int i = 0; i < 3; ++i) first.step(0.1, w, g);
    std::vector<float> continued = w;
    StateList from, to;
    first.visit_state(from);
    second.visit_state(to);
    ASSERT_EQ(from.entries().size(), to.entries().size());
    EXPECT_EQ(from.bytes(), to.bytes());
    for (size_t i = 0; i < from.entries().size(); ++i)
      std::ranges::copy(from.entries()[i].contents(),
                        to.entries()[i].make(to.entries()[i].count).begin());
    second.allocate();  // keeps what was read
    first.step(0.1, w, g);
    second.step(0.1, continued, g);
    EXPECT_EQ(w, continued);
  }
}

TEST(Clipping, ScalesALargeGradientToTheLimitAndLeavesASmallOne) {
  std::vector<float> g{3, -4, 12};
  const Context context = with_threads(1);
  EXPECT_DOUBLE_EQ(ops::norm(context, g), 13);
  EXPECT_DOUBLE_EQ(clip(context, g, 20), 13);
  EXPECT_EQ(g, (std::vector<float>{3, -4, 12}));
  EXPECT_DOUBLE_EQ(clip(context, g, 6.5), 13);
  EXPECT_EQ(g, (std::vector<float>{1.5f, -2, 6}));
}

TEST(TheNorm, IsNotFiniteWhenAnElementIsNot) {
  for (const float broken :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()})
    for (const size_t at : {0, 16383, 16384, 39998}) {
      std::vector<float> values(39999, 1);
      values[at] = broken;
      EXPECT_FALSE(std::isfinite(ops::norm(with_threads(2), values))) << at;
    }
  // Squares of large floats do not overflow.
  EXPECT_TRUE(std::isfinite(ops::norm(with_threads(1), std::vector<float>(10, 1e30f))));
}

TEST(TheNorm, CountsEveryElementOnceInAnyNumberOfThreads) {
  for (const int64_t n : {0, 1, 17, 16384, 16385, 40001, 2'000'003}) {
    std::vector<float> values(n);
    double squares = 0;
    for (int64_t i = 0; i < n; ++i) {
      values[i] = static_cast<float>(i % 13);
      squares += values[i] * values[i];
    }
    for (const int threads : {1, 2, 3})
      EXPECT_EQ(ops::norm(with_threads(threads), values), std::sqrt(squares)) << n;
  }
}

TEST(TheUpdate, HasTheSameBitsInAnyNumberOfThreads) {
  graph::GraphBuilder b;
  b.add("linear", "layer", {b.input("x", 301)}, {{"out", 203}, {"bias", true}});
  const graph::Graph graph = b.finish();
  for (const RuleEntry& rule : list()) {
    OptimizerOptions options = test::with(rule.name);
    options.weight_decay = 0.1;
    const auto after = [&](int threads) {
      std::vector<float> w(graph.parameter_count), g(w.size());
      graph::initialise(graph, 3, w);
      Optimizer optimizer(with_threads(threads), options, parameters_of(graph),
                          graph.parameter_count);
      optimizer.allocate();
      for (uint64_t step = 0; step < 3; ++step) {
        const Random random(1, Stream::test, step);
        for (size_t i = 0; i < g.size(); ++i) g[i] = static_cast<float>(random.normal(i));
        optimizer.step(0.01, w, g);
      }
      return w;
    };
    EXPECT_EQ(after(1), after(2)) << rule.name;
    EXPECT_EQ(after(1), after(3)) << rule.name;
  }
}

}  // namespace
}  // namespace laconic::optim
