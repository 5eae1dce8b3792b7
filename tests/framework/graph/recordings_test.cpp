// Several outputs, several recordings, and backward for a part of what it could compute.
#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/framework/graph/blocks.hpp"
#include "tests/framework/graph/naive_executor.hpp"

namespace laconic::graph::test {
namespace {

using Floats = std::vector<float>;

Floats floats_of(MatrixView<const float> m) {
  Floats out;
  for (int64_t i = 0; i < m.rows; ++i) out.insert(out.end(), m.row(i), m.row(i) + m.cols);
  return out;
}

void fill(MatrixView<float> m, float value) {
  for (int64_t i = 0; i < m.rows; ++i) std::fill_n(m.row(i), m.cols, value);
}

TEST(Recordings, StayWhileOthersAreMadeAndBackwardRunsAtEachOfThem) {
  for (const Nesting nesting : {Nesting::plain, Nesting::bodies}) {
    const Blocks net;
    const Graph graph = build(net, nesting);
    const auto parameters = toy_parameters<float>(graph);
    std::vector<ToyBatch<float>> batches;
    for (const int64_t rows : {40, 13, 40}) {
      batches.push_back(toy_batch<float>(rows, net.features, net.outputs, Labels::one,
                                         static_cast<uint64_t>(rows)));
      batches.back().feed.step = batches.size();  // another dropout
    }
    Executor<float> executor(graph, context(), 40, {.recordings = Recordings::many});
    std::vector<Recording> recordings(batches.size());
    std::vector<Floats> outputs;
    for (size_t i = 0; i < batches.size(); ++i)
      outputs.push_back(
          floats_of(executor.forward(parameters, batches[i].feed, true, recordings[i])));
    for (const size_t i : {2, 0, 1, 1, 0, 2}) {
      const MatrixView<const float> output = executor.output(0, recordings[i]);
      EXPECT_EQ(floats_of(output), outputs[i]);
      ops::loss(context(), output, batches[i].feed.targets, 0.1f,
                executor.output_cotangent(0, recordings[i]));
      Floats gradients(parameters.size(), 0);
      executor.backward(parameters, batches[i].feed, gradients, {}, {}, recordings[i]);
      const auto naive =
          run_naively<float>(graph, context(), parameters, batches[i].feed, true, 0.1f);
      EXPECT_EQ(outputs[i], naive.output);
      EXPECT_EQ(gradients, naive.gradients) << i;
    }
  }
}

TEST(Recordings, AreLostWhenMemoryGrowsAndAreRefusedThen) {
  const Graph graph = build(Blocks(), Nesting::bodies);
  const auto parameters = toy_parameters<float>(graph);
  const auto small = toy_batch<float>(10, 6, 4, Labels::one);
  const auto large = toy_batch<float>(70, 6, 4, Labels::one);
  Executor<float> executor(graph, context(), 10, {.recordings = Recordings::many});
  Recording recording, empty;
  executor.forward(parameters, small.feed, true, recording);
  EXPECT_THROW(executor.forward(parameters, large.feed, true, recording), Error);
  executor.reserve(5);  // does nothing
  Floats gradients(parameters.size());
  fill(executor.output_cotangent(0, recording), 1);
  executor.backward(parameters, small.feed, gradients, {}, {}, recording);
  executor.reserve(70);
  EXPECT_THROW(executor.backward(parameters, small.feed, gradients, {}, {}, recording), Error);
  EXPECT_THROW(executor.output(0, empty), Error);
  Executor<float> fresh(graph, context(), 70);
  EXPECT_EQ(gradient(executor, parameters, large.feed, true).values,
            gradient(fresh, parameters, large.feed, true).values);
  EXPECT_EQ(floats_of(executor.forward(parameters, small.feed, true, recording)),
            run_naively<float>(graph, context(), parameters, small.feed, true, 0.1f).output);
}

TEST(Recordings, HoldNothingThatBackwardDoesNotRead) {
  const Graph graph = build(Blocks{.features = 64, .hidden = 64, .layers = 6}, Nesting::plain);
  const auto plan = make_plan<float>(graph, context());
  const Layout one = make_layout(graph, plan, {}, 1000);
  const Layout many = make_layout(graph, plan, {.recordings = Recordings::many}, 1000);
  EXPECT_EQ(one.scratch_bytes, 0);
  EXPECT_GT(many.scratch_bytes, 0);
  // Beside the values of the other mode, the output remains.
  EXPECT_LE(many.recording_bytes, one.activation_bytes + 1000 * 4 * 4 + 64);
}

// --- several outputs

// Output 0 is the logits, 1 a hidden value that the logits are computed from, 2 a value beside.
Graph three_outputs() {
  GraphBuilder b;
  const ValueId x = b.input("x", 6);
  const ValueId h = b.add("linear", "hidden", {x}, {{"out", 8}, {"bias", true}});
  const ValueId r = b.add("relu", "relu", {h});
  const ValueId side = b.add("linear", "side", {r}, {{"out", 3}});
  const ValueId top = b.add("linear", "top", {r}, {{"out", 4}});
  return b.finish({top, r, side});
}

TEST(SeveralOutputs, EachAddTheirCotangent) {
  const Graph graph = three_outputs();
  const auto parameters = toy_parameters<double>(graph);
  const auto batch = toy_batch<double>(25, 6, 4, Labels::one);
  for (const Recordings recordings : {Recordings::one, Recordings::many}) {
    Executor<double> executor(graph, context(), 25, {.recordings = recordings});
    const auto weight = [](int64_t k, int64_t i, int64_t j) {
      return 0.1 * static_cast<double>(k + 1) + 0.01 * static_cast<double>(i % 5 - j);
    };
    const auto value = [&](const std::vector<double>& at) {
      executor.forward(at, batch.feed, false);
      double sum = 0;
      for (int64_t k = 0; k < 3; ++k) {
        const MatrixView<double> y = executor.output(k), dy = executor.output_cotangent(k);
        for (int64_t i = 0; i < y.rows; ++i)
          for (int64_t j = 0; j < y.cols; ++j) sum += weight(k, i, j) * y(i, j);
        if (!dy) ADD_FAILURE();
      }
      for (int64_t k = 0; k < 3; ++k) {  // only now: outputs and cotangents may share memory
        const MatrixView<double> dy = executor.output_cotangent(k);
        for (int64_t i = 0; i < dy.rows; ++i)
          for (int64_t j = 0; j < dy.cols; ++j) dy(i, j) = weight(k, i, j);
      }
      return sum;
    };
    value(parameters);
    std::vector<double> gradients(parameters.size(), 0);
    executor.backward(parameters, batch.feed, gradients);
    auto moved = parameters;
    for (size_t i = 0; i < parameters.size(); ++i) {
      moved[i] = parameters[i] + 1e-6;
      const double above = value(moved);
      moved[i] = parameters[i] - 1e-6;
      const double below = value(moved);
      moved[i] = parameters[i];
      EXPECT_NEAR(gradients[i], (above - below) / 2e-6, 1e-6) << i;
    }
  }
}

TEST(SeveralOutputs, AreNodesOutputsAndListedOnce) {
  const auto finish = [](auto outputs) {
    GraphBuilder b;
    const ValueId x = b.input("x", 6);
    const ValueId h = b.add("linear", "h", {x}, {{"out", 8}});
    b.add("relu", "r", {h});
    b.finish(outputs(x, h));
  };
  using Ids = std::vector<ValueId>;
  EXPECT_NO_THROW(finish([](ValueId, ValueId h) { return Ids{h + 1, h}; }));
  EXPECT_THROW(finish([](ValueId x, ValueId h) { return Ids{h + 1, x}; }), Error);
  EXPECT_THROW(finish([](ValueId, ValueId h) { return Ids{h + 1, h + 1}; }), Error);
  EXPECT_THROW(finish([](ValueId, ValueId h) { return Ids{h}; }), Error);  // nothing reads r
}

// --- wanted

struct Backward {
  Floats gradients, input;
  std::vector<std::pair<int64_t, int64_t>> reported;
};

Backward run(Executor<float>& executor, const Floats& parameters, const Feed<float>& feed,
             const Wanted& wanted) {
  Backward result;
  result.gradients.assign(parameters.size(), 0.5f);
  const MatrixView<const float> output = executor.forward(parameters, feed, true);
  ops::loss(context(), output, feed.targets, 0.1f, executor.output_cotangent());
  executor.backward(
      parameters, feed, result.gradients,
      [&](int64_t first, int64_t last) { result.reported.emplace_back(first, last); }, wanted);
  if (!wanted.inputs.empty() && wanted.inputs[0])
    result.input = floats_of(executor.input_cotangent(0));
  return result;
}

TEST(Wanted, GivesTheBitsOfTheFullBackwardForWhatIsWantedAndLeavesTheRestAlone) {
  for (const Nesting nesting : {Nesting::plain, Nesting::bodies}) {
    const Blocks net;
    const Graph graph = build(net, nesting);
    const auto parameters = toy_parameters<float>(graph);
    const auto batch = toy_batch<float>(30, net.features, net.outputs, Labels::one);
    Executor<float> executor(graph, context(), 30, {.input_cotangents = true});
    const uint8_t yes = 1;
    const Backward full = run(executor, parameters, batch.feed, {.inputs = {&yes, 1}});
    const Random random(4, Stream::test);
    for (uint64_t round = 0; round < 40; ++round) {
      std::vector<uint8_t> flags;
      for (size_t p = 0; p < graph.parameters.size(); ++p)
        flags.push_back(random.uniform(round * 1000 + p) < (round % 4) * 0.25);
      const uint8_t input = round % 3 == 0;
      const Backward got =
          run(executor, parameters, batch.feed, {.parameters = flags, .inputs = {&input, 1}});
      EXPECT_EQ(got.reported, full.reported);
      if (input) {
        EXPECT_EQ(got.input, full.input);
      }
      for (size_t p = 0; p < flags.size(); ++p)
        for (int64_t k = 0; k < graph.parameters[p].size(); ++k) {
          const int64_t at = graph.parameters[p].offset + k;
          ASSERT_EQ(got.gradients[at], flags[p] ? full.gradients[at] : 0.5f)
              << graph.parameters[p].spec.name;
        }
    }
  }
}

TEST(Wanted, OfAnInputThatLeadsToNoOutputIsZero) {
  GraphBuilder b;
  const ValueId x = b.input("x", 6), unused = b.input("cut", 3);
  const ValueId cut = b.add("detach", "cut", {unused});
  b.add("linear", "top", {x, cut}, {{"out", 4}});
  const Graph graph = b.finish();
  const auto parameters = toy_parameters<float>(graph);
  auto batch = toy_batch<float>(9, 6, 4, Labels::one);
  Floats more(9 * 3, 1.0f);
  batch.feed.inputs.push_back({.dense = {more.data(), 9, 3}});
  Executor<float> executor(graph, context(), 9, {.input_cotangents = true});
  for (int round = 0; round < 2; ++round) {
    executor.forward(parameters, batch.feed, true);
    fill(executor.output_cotangent(), 1);
    fill(executor.input_cotangent(1), 7);
    const uint8_t both[] = {1, 1};
    executor.backward(parameters, batch.feed, {}, {}, {.inputs = both});
    EXPECT_EQ(floats_of(executor.input_cotangent(1)), Floats(27, 0.0f));
    EXPECT_NE(floats_of(executor.input_cotangent(0)), Floats(54, 0.0f));
  }
}

TEST(Wanted, NeedsAPlanWithInputCotangents) {
  const Graph graph = build(Blocks(), Nesting::plain);
  const auto parameters = toy_parameters<float>(graph);
  const auto batch = toy_batch<float>(9, 6, 4, Labels::one);
  Executor<float> executor(graph, context(), 9);
  executor.forward(parameters, batch.feed, true);
  const uint8_t yes = 1;
  EXPECT_THROW(executor.backward(parameters, batch.feed, {}, {}, {.inputs = {&yes, 1}}), Error);
}

}  // namespace
}  // namespace laconic::graph::test
