// Networks on pixels: their parameters do not depend on the size of images, which may change with
// every batch.
#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/framework/graph/naive_executor.hpp"
#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

template <class T>
struct Images {
  static constexpr int64_t channels = 3;
  std::vector<T> pixels;
  std::vector<int32_t> classes;
  Feed<T> feed;

  Images(int64_t rows, int64_t height, int64_t width) : pixels(rows * height * width * channels) {
    const Random random(1, Stream::test);
    for (size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<T>(static_cast<float>(random.normal(i)));
    for (int64_t i = 0; i < rows; ++i) classes.push_back(static_cast<int32_t>(i % 4));
    feed.rows = rows;
    feed.height = height;
    feed.width = width;
    feed.inputs = {{.dense = {pixels.data(), std::ssize(pixels) / channels, channels}}};
    feed.targets.classes = classes;
    feed.step = 2;
  }
};

struct Net {
  bool mean = true, residual = true, wrap = false;
  ops::Extent flat = {1, 3, 3};  // the size that flatten is made for
};

Graph build(const Net& net) {
  GraphBuilder b;
  ValueId v = b.input("image", {3, ops::Space::pixels(1)});
  const auto convolutions = [&](GraphBuilder& into, ValueId x) {
    x = into.add("conv2d", "conv1", {x}, {{"channels_out", 6}, {"kernel", 5}, {"bias", true}});
    x = into.add("max_pool2d", "pool", {x}, {{"kernel", 2}});
    x = into.add("relu", "relu1", {x});
    const ValueId from = x;
    x = into.add("conv2d", "conv2", {x}, {{"channels_out", 6}, {"kernel", 3}});
    if (net.residual) x = into.add("add", "add", {x, from});
    return into.add("conv2d", "conv3", {x}, {{"channels_out", 8}, {"kernel", 3}, {"stride", 2}});
  };
  if (net.wrap) {
    GraphBuilder body;
    convolutions(body, body.input("image", b.spec(v)));
    v = b.add("recompute", "block", {v}, nlohmann::json::object(),
              std::make_shared<const Graph>(body.finish()));
  } else {
    v = convolutions(b, v);
  }
  v = net.mean ? b.add("mean_pool", "mean", {v})
               : b.add("flatten", "flatten", {v},
                       {{"height", net.flat.height}, {"width", net.flat.width}});
  v = b.add("dropout", "dropout", {v}, {{"rate", 0.2}});
  b.add("linear", "top", {v}, {{"out", 4}, {"bias", true}});
  return b.finish();
}

TEST(PixelSpaces, FollowFromStridesAndRoundUp) {
  const ops::Extents batch(5, 20, 13);
  EXPECT_EQ(ops::Space().extent(batch).rows(), 5);
  EXPECT_EQ(ops::Space::pixels(1).extent(batch).rows(), 5 * 20 * 13);
  EXPECT_EQ(ops::Space::pixels(4).extent(batch), (ops::Extent{5, 5, 4}));
  const Graph graph = build(Net());
  EXPECT_EQ(graph.values[graph.nodes.back().inputs[0]].spec.space, ops::Space());
  EXPECT_EQ(graph.nodes[0].spec.outputs[0].space, ops::Space::pixels(1));
  EXPECT_EQ(graph.nodes[1].spec.outputs[0].space, ops::Space::pixels(2));
  for (const ops::Space space : {ops::Space(), ops::Space::pixels(1), ops::Space::pixels(32)})
    EXPECT_EQ(ops::space_from(ops::to_text(space)), space);
  for (const char* text : {"", "row", "pixels", "pixels/", "pixels/0", "pixels/-1", "pixels/2x"})
    EXPECT_THROW(ops::space_from(text), Error) << text;
}

TEST(ANetworkOnPixels, TakesImagesOfAnotherSizeInEveryBatch) {
  for (const bool wrap : {false, true}) {
    const Graph graph = build(Net{.wrap = wrap});
    const auto parameters = toy_parameters<float>(graph);
    Executor<float> executor(graph, context(), {6, 20, 24});
    const ops::Extents sizes[] = {{6, 20, 24}, {6, 20, 20}, {1, 7, 5},  {3, 1, 1},
                                  {0, 9, 9},   {6, 20, 24}, {4, 12, 24}};
    for (const ops::Extents& size : sizes) {
      const Images<float> images(size.rows, size.height, size.width);
      const auto output = executor.forward(parameters, images.feed, true);
      const std::vector<float> logits(output.data, output.data + output.rows * output.cols);
      ops::loss(context(), MatrixView<const float>(output), images.feed.targets, 0.1f,
                executor.output_cotangent());
      std::vector<float> gradients(parameters.size(), 0);
      executor.backward(parameters, images.feed, gradients);
      const auto naive = run_naively<float>(graph, context(), parameters, images.feed, true, 0.1f);
      EXPECT_EQ(logits, naive.output) << size.height << " x " << size.width;
      EXPECT_EQ(gradients, naive.gradients) << size.height << " x " << size.width;
    }
    EXPECT_THROW(executor.forward(parameters, Images<float>(6, 21, 24).feed, true), Error);
    executor.reserve({2, 30, 30});
    const Images<float> larger(6, 25, 28);
    EXPECT_EQ(gradient(executor, parameters, larger.feed, true).values.size(), parameters.size());
  }
}

TEST(ANetworkOnPixels, HasTheGradientsOfItsLossInDouble) {
  for (const Net& net : {Net{}, Net{.wrap = true}, Net{.mean = false}, Net{.residual = false}}) {
    const Graph graph = build(net);
    auto parameters = toy_parameters<double>(graph);
    Executor<double> executor(graph, context(), {3, 13, 11});
    const Images<double> images(3, net.mean ? 13 : 11, net.mean ? 9 : 11);
    const auto g = gradient(executor, parameters, images.feed, true);
    for (size_t i = 0; i < parameters.size(); i += 11) {
      const double at = parameters[i];
      parameters[i] = at + 1e-6;
      const double above = gradient(executor, parameters, images.feed, true).loss;
      parameters[i] = at - 1e-6;
      const double below = gradient(executor, parameters, images.feed, true).loss;
      parameters[i] = at;
      EXPECT_NEAR(g.values[i], (above - below) / 2e-6, 2e-6) << i;
    }
  }
}

TEST(Flatten, SharesMemoryAndRefusesImagesOfAnotherSize) {
  const Graph graph = build(Net{.mean = false});
  const auto parameters = toy_parameters<float>(graph);
  Executor<float> executor(graph, context(), {4, 12, 12});
  size_t flatten = 0;
  while (graph.nodes[flatten].spec.kind != "flatten") ++flatten;
  const ValueId from = graph.nodes[flatten].inputs[0], to = graph.nodes[flatten].outputs[0];
  const Layout& layout = executor.layout();
  EXPECT_EQ(layout.values[to].offset, layout.values[from].offset);
  EXPECT_EQ(layout.cotangents[to].offset, layout.cotangents[from].offset);
  const Images<float> fits(4, 11, 12);  // 11 and 12 give 3 pixels at stride 4
  const auto naive = run_naively<float>(graph, context(), parameters, fits.feed, true, 1.0f / 4);
  EXPECT_EQ(gradient(executor, parameters, fits.feed, true).values, naive.gradients);
  try {
    executor.forward(parameters, Images<float>(4, 12, 8).feed, true);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("3 x 2 pixels here, it is made for 3 x 3"),
              std::string::npos)
        << error.what();
  }
}

// A view of an input, a view that is an output, a view whose input is read again.
TEST(AView, ComputesTheBitsOfACopy) {
  for (const int variant : {0, 1, 2}) {
    GraphBuilder b;
    ValueId v = b.input("image", {3, ops::Space::pixels(1)});
    if (variant > 0) v = b.add("conv2d", "conv", {v}, {{"channels_out", 3}, {"kernel", 3}});
    const ValueId pixels = v;
    v = b.add("flatten", "flat", {v}, {{"height", 4}, {"width", 5}});
    const ValueId r = b.add("relu", "relu", {v});
    const ValueId m = b.add("mean_pool", "mean", {pixels});
    const ValueId top = b.add("linear", "top", {r, m, v}, {{"out", 4}});
    const Graph graph = variant < 2 ? b.finish() : b.finish({top, v, pixels});
    const auto parameters = toy_parameters<float>(graph);
    const Images<float> images(6, 4, 5);
    Executor<float> executor(graph, context(), {6, 4, 5}, {.input_cotangents = true});
    const auto output = executor.forward(parameters, images.feed, true);
    ops::loss(context(), MatrixView<const float>(output), images.feed.targets, 0.1f,
              executor.output_cotangent());
    for (int64_t k = 1; k < std::ssize(graph.outputs); ++k) {
      const MatrixView<float> zero = executor.output_cotangent(k);
      std::fill_n(zero.data, zero.rows * zero.cols, 0.0f);
    }
    std::vector<float> gradients(parameters.size(), 0);
    const uint8_t want = 1;
    executor.backward(parameters, images.feed, gradients, {}, {.inputs = {&want, 1}});
    const auto naive = run_naively<float>(graph, context(), parameters, images.feed, true, 0.1f);
    const MatrixView<float> dx = executor.input_cotangent(0);
    EXPECT_LE(relative_distance(std::vector<float>(dx.data, dx.data + dx.rows * dx.cols),
                                naive.input_cotangents[0]),
              1e-6);
    EXPECT_LE(relative_distance(gradients, naive.gradients), 1e-6) << variant;
  }
}

TEST(ANetworkOnPixels, RefusesInputsThatDoNotFit) {
  const Graph graph = build(Net());
  const auto parameters = toy_parameters<float>(graph);
  Executor<float> executor(graph, context(), {4, 12, 12});
  Images<float> images(4, 12, 12);
  images.feed.height = 11;
  EXPECT_THROW(executor.forward(parameters, images.feed, true), Error);
  images.feed.height = 12;
  images.feed.inputs[0].dense = {images.pixels.data(), 4 * 12 * 12, 2, 3};
  EXPECT_THROW(executor.forward(parameters, images.feed, true), Error);
}

}  // namespace
}  // namespace laconic::graph::test
