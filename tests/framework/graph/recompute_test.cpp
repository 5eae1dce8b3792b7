// A node that computes its body again in backward: the same bits with less memory, at any depth.
#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/framework/graph/blocks.hpp"
#include "tests/framework/graph/naive_executor.hpp"

namespace laconic::graph::test {
namespace {

constexpr Nesting with_bodies[] = {Nesting::bodies, Nesting::bodies_in_bodies};

TEST(ARecomputedBody, HasTheParametersWhereItsNodesWouldHaveThem) {
  const Graph plain = build(Blocks(), Nesting::plain);
  for (const Nesting nesting : with_bodies) {
    const Graph wrapped = build(Blocks(), nesting);
    EXPECT_EQ(wrapped.parameter_count, plain.parameter_count);
    for (const Parameter& p : plain.parameters) {
      ASSERT_NE(wrapped.find_parameter(p.spec.name), nullptr);
      EXPECT_EQ(wrapped.find_parameter(p.spec.name)->offset, p.offset) << p.spec.name;
      EXPECT_EQ(wrapped.find_parameter(p.spec.name)->spec, p.spec);
    }
  }
}

TEST(ARecomputedBody, GivesTheSameBitsWithDropout) {
  for (const bool shared_input : {false, true})
    for (const Nesting nesting : with_bodies) {
      const Blocks net{.shared_input = shared_input};
      const Graph plain = build(net, Nesting::plain), wrapped = build(net, nesting);
      const auto parameters = toy_parameters<float>(plain);
      Executor<float> a(plain, context(), 90), b(wrapped, context(), 90);
      for (const int64_t rows : {90, 7, 0, 41}) {
        const auto batch = toy_batch<float>(rows, net.features, net.outputs, Labels::one);
        const auto wanted = gradient(a, parameters, batch.feed, true);
        const auto got = gradient(b, parameters, batch.feed, true);
        EXPECT_EQ(got.loss, wanted.loss);
        EXPECT_EQ(got.values, wanted.values) << rows;
      }
    }
}

TEST(ARecomputedBody, GivesTheSameCotangentsOfItsInputs) {
  const Blocks net{.shared_input = true};
  const auto batch = toy_batch<float>(50, net.features, net.outputs, Labels::one);
  const Graph plain = build(net, Nesting::plain);
  const auto parameters = toy_parameters<float>(plain);
  const auto naive = run_naively<float>(plain, context(), parameters, batch.feed, true, 0.1f);
  for (const Nesting nesting : with_bodies) {
    const Graph wrapped = build(net, nesting);
    Executor<float> executor(wrapped, context(), 50, {.input_cotangents = true});
    const auto output = executor.forward(parameters, batch.feed, true);
    ops::loss(context(), MatrixView<const float>(output), batch.feed.targets, 0.1f,
              executor.output_cotangent());
    std::vector<float> gradients(parameters.size(), 0);
    const uint8_t want = 1;
    executor.backward(parameters, batch.feed, gradients, {}, {.inputs = {&want, 1}});
    EXPECT_EQ(gradients, naive.gradients);
    const MatrixView<float> dx = executor.input_cotangent(0);
    EXPECT_EQ(std::vector<float>(dx.data, dx.data + dx.rows * dx.cols), naive.input_cotangents[0]);
  }
}

// Backward reports the whole range of a node, in the same order.
TEST(ARecomputedBody, IsReportedFinalInAscendingOrder) {
  const Graph wrapped = build(Blocks(), Nesting::bodies);
  const auto parameters = toy_parameters<float>(wrapped);
  const auto batch = toy_batch<float>(20, 6, 4, Labels::one);
  Executor<float> executor(wrapped, context(), 20);
  gradient(executor, parameters, batch.feed);
  std::vector<float> gradients(parameters.size());
  int64_t end = 0;
  ops::loss(context(), MatrixView<const float>(executor.forward(parameters, batch.feed, false)),
            batch.feed.targets, 0.1f, executor.output_cotangent());
  executor.backward(parameters, batch.feed, gradients, [&](int64_t first, int64_t last) {
    EXPECT_EQ(first, end);
    end = last;
  });
  EXPECT_EQ(end, wrapped.parameter_count);
}

// With L layers, the values between blocks remain; without, four widths and more per layer.
TEST(ARecomputedBody, KeepsItsInputsAndOutputsAlone) {
  constexpr int64_t rows = 1000;
  const Blocks net{.features = 64, .hidden = 64, .outputs = 8, .layers = 8};
  const auto layout = [&](Nesting nesting, Recordings recordings) {
    const Graph graph = build(net, nesting);
    const auto plan = make_plan<float>(graph, context());
    plan.reserve(rows);
    return make_layout(graph, plan, {.recordings = recordings}, rows);
  };
  const int64_t width = rows * 64 * 4;
  for (const Recordings recordings : {Recordings::one, Recordings::many}) {
    const Layout plain = layout(Nesting::plain, recordings);
    const Layout wrapped = layout(Nesting::bodies, recordings);
    EXPECT_LE(wrapped.activation_bytes, net.layers * width + rows * 64);
    EXPECT_LT(3 * wrapped.activation_bytes, plain.activation_bytes);
    EXPECT_LT(10 * wrapped.bytes(), 7 * plain.bytes());
  }
}

// Two outputs of a body, both used, one used, or one that is an output of the graph, too.
TEST(ARecomputedBody, MayHaveSeveralOutputs) {
  const auto network = [](bool wrap, bool use_second) {
    const auto nodes = [](GraphBuilder& b, ValueId x) {
      const ValueId h = b.add("linear", "h", {x}, {{"out", 8}});
      const ValueId r = b.add("relu", "r", {h});
      const ValueId s = b.add("linear", "s", {r}, {{"out", 8}});
      return std::vector<ValueId>{s, r};
    };
    GraphBuilder b;
    const ValueId x = b.input("x", 6);
    std::vector<ValueId> v;
    if (wrap) {
      GraphBuilder inner;
      const auto made = nodes(inner, inner.input("x", 6));
      const ValueId first = b.add("recompute", "block", {x}, nlohmann::json::object(),
                                  std::make_shared<const Graph>(inner.finish(made)));
      v = b.outputs_of(first);
      EXPECT_EQ(v.size(), 2u);
    } else {
      v = nodes(b, x);
    }
    const ValueId top = use_second ? b.add("add", "sum", {v[0], v[1]}) : v[0];
    b.add("linear", "top", {top}, {{"out", 4}});
    return b.finish();
  };
  for (const bool use_second : {true, false}) {
    const Graph plain = network(false, use_second), wrapped = network(true, use_second);
    const auto parameters = toy_parameters<float>(plain);
    const auto batch = toy_batch<float>(33, 6, 4, Labels::one);
    Executor<float> a(plain, context(), 33), b(wrapped, context(), 33);
    EXPECT_EQ(gradient(b, parameters, batch.feed).values,
              gradient(a, parameters, batch.feed).values);
    const auto naive = run_naively<float>(wrapped, context(), parameters, batch.feed, true, 0.1f);
    EXPECT_EQ(naive.gradients,
              run_naively<float>(plain, context(), parameters, batch.feed, true, 0.1f).gradients);
  }
}

TEST(ARecomputedBody, HasTheGradientOfItsLossInDouble) {
  const Graph wrapped = build(Blocks{.dropout = 0}, Nesting::bodies_in_bodies);
  const auto batch = toy_batch<double>(17, 6, 4, Labels::one);
  auto parameters = toy_parameters<double>(wrapped);
  Executor<double> executor(wrapped, context(), 17);
  const auto g = gradient(executor, parameters, batch.feed);
  for (size_t i = 0; i < parameters.size(); i += 7) {
    const double at = parameters[i];
    parameters[i] = at + 1e-6;
    const double above = gradient(executor, parameters, batch.feed).loss;
    parameters[i] = at - 1e-6;
    const double below = gradient(executor, parameters, batch.feed).loss;
    parameters[i] = at;
    EXPECT_NEAR(g.values[i], (above - below) / 2e-6, 1e-6);
  }
}

TEST(ANodeWithABody, IsRefusedByNameIfTheBodyDoesNotFit) {
  const auto message = [](auto build_it) {
    try {
      build_it();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto body =
      body_of({.width = 5}, [](GraphBuilder& b, ValueId v) { b.add("relu", "r", {v}); });
  const auto add = [](const char* kind, int64_t width, std::shared_ptr<const Graph> of_node) {
    GraphBuilder b;
    b.add(kind, "block", {b.input("x", width)}, nlohmann::json::object(), std::move(of_node));
  };
  EXPECT_EQ(message([&] { add("recompute", 5, body); }), "accepted");
  EXPECT_NE(message([&] { add("recompute", 6, body); }).find("different shapes"),
            std::string::npos);
  EXPECT_NE(message([&] { add("recompute", 5, nullptr); }).find("has no body"), std::string::npos);
  EXPECT_NE(message([&] { add("recompte", 5, body); }).find("did you mean recompute"),
            std::string::npos);
}

// --- detach

TEST(ADetachedValue, IsTheSameAndStopsTheGradient) {
  const auto network = [](bool detach) {
    GraphBuilder b;
    const ValueId x = b.input("x", 6);
    const ValueId h = b.add("linear", "below", {x}, {{"out", 8}});
    const ValueId r = b.add("relu", "relu", {h});
    const ValueId cut = detach ? b.add("detach", "cut", {r}) : r;
    b.add("linear", "top", {cut, x}, {{"out", 4}});
    return b.finish();
  };
  const Graph through = network(false), cut = network(true);
  const auto parameters = toy_parameters<double>(through);
  const auto batch = toy_batch<double>(30, 6, 4, Labels::one);
  Executor<double> a(through, context(), 30), b(cut, context(), 30);
  const auto full = gradient(a, parameters, batch.feed), g = gradient(b, parameters, batch.feed);
  EXPECT_EQ(g.loss, full.loss);
  const Parameter* below = cut.find_parameter("below.weight");
  for (int64_t i = 0; i < cut.parameter_count; ++i)
    EXPECT_EQ(g.values[i], i < below->offset ? full.values[i] : 0) << i;
  EXPECT_EQ(b.layout().values[cut.nodes[2].outputs[0]].offset,
            b.layout().values[cut.nodes[1].outputs[0]].offset);
  EXPECT_EQ(run_naively<double>(cut, context(), parameters, batch.feed, false, 1.0)
                .gradients[below->offset],
            0);
}

TEST(ADetachedValue, PassesTheGradientOfOtherReaders) {
  GraphBuilder b;
  const ValueId x = b.input("x", 6);
  const ValueId h = b.add("linear", "below", {x}, {{"out", 8}});
  const ValueId cut = b.add("detach", "cut", {h});
  b.add("linear", "top", {h, cut}, {{"out", 4}});
  const Graph graph = b.finish();
  const auto parameters = toy_parameters<float>(graph);
  const auto batch = toy_batch<float>(30, 6, 4, Labels::one);
  Executor<float> executor(graph, context(), 30);
  const auto output = executor.forward(parameters, batch.feed, false);
  std::vector<float> gradients(parameters.size(), 0);
  ops::loss(context(), MatrixView<const float>(output), batch.feed.targets, 0.1f,
            executor.output_cotangent());
  executor.backward(parameters, batch.feed, gradients);
  EXPECT_EQ(gradients,
            run_naively<float>(graph, context(), parameters, batch.feed, false, 0.1f).gradients);
}

}  // namespace
}  // namespace laconic::graph::test
