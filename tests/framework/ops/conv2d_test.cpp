// Convolutions beyond the conformance suite: layers of the size that is trained, whose gradients by
// differences would take minutes, and what one image a call promises.
#include "framework/ops/conv2d/conv2d.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "framework/ops/conformance_case.hpp"
#include "framework/ops/list.hpp"

namespace laconic::ops {
namespace {

NodeSpec layer(int64_t in, int64_t out, int64_t kernel, bool bias = true) {
  NodeSpec node =
      pixel_example("conv2d", in, 0, 1, {{"channels_out", out}, {"kernel", kernel}, {"bias", bias}})
          .node;
  kinds::conv2d.infer(node);
  return node;
}

Context here(int threads = 1) {
  return {.seed = 1, .threads = threads, .isa = detect_isa()};
}

Case<float> run(const NodeSpec& node, const Extents& batch, Kernel<float>& kernel) {
  Case<float> c(node, {}, batch);
  c.forward(kernel);
  c.backward(kernel, false);
  return c;
}

void expect_near(const MatrixView<const float>& got, const MatrixView<const float>& wanted) {
  double scale = 1;
  for (int64_t i = 0; i < wanted.rows; ++i)
    for (int64_t j = 0; j < wanted.cols; ++j)
      scale = std::max(scale, std::abs(double{wanted(i, j)}));
  for (int64_t i = 0; i < wanted.rows; ++i)
    for (int64_t j = 0; j < wanted.cols; ++j)
      ASSERT_NEAR(got(i, j), wanted(i, j), 1e-5 * scale) << i << ", " << j;
}

MatrixView<const float> as_row(const std::vector<float>& v) {
  return {v.data(), 1, static_cast<int64_t>(v.size())};
}

TEST(Conv2d, EqualsItsReferenceAtTheSizesOfASmallNet) {
  struct {
    NodeSpec node;
    int64_t size;
  } const layers[] = {{layer(1, 32, 5), 28}, {layer(32, 64, 5), 14}, {layer(32, 64, 3), 14}};
  for (const auto& [node, size] : layers) {
    const auto fast = make_conv2d_cpu(node, here(2));
    const auto ref = make_conv2d_ref<float>(node, here());
    const Extents batch(3, size, size);
    const Case<float> got = run(node, batch, *fast), wanted = run(node, batch, *ref);
    expect_near(got.output.view(), wanted.output.view());
    expect_near(got.dinputs[0].view(), wanted.dinputs[0].view());
    for (size_t p = 0; p < 2; ++p)
      expect_near(as_row(got.dparameters[p]), as_row(wanted.dparameters[p]));
  }
}

TEST(Conv2d, GivesAnImageTheSameBitsInEveryBatch) {
  const NodeSpec node = layer(8, 24, 5);
  const auto kernel = make_conv2d_cpu(node, here());
  const Case<float> one = run(node, {1, 14, 14}, *kernel);
  for (const int64_t rows : {2, 5, 37}) {
    const Case<float> many = run(node, {rows, 14, 14}, *kernel);
    ASSERT_EQ(many.inputs[0].view()(0, 3), one.inputs[0].view()(0, 3));
    EXPECT_EQ(std::memcmp(many.output.view().row(0), one.output.view().row(0),
                          sizeof(float) * 14 * 14 * 24),
              0);
    EXPECT_EQ(std::memcmp(many.dinputs[0].view().row(0), one.dinputs[0].view().row(0),
                          sizeof(float) * 14 * 14 * 8),
              0);
  }
}

// More sizes than a kernel keeps, in an order in which they come back.
TEST(Conv2d, TakesImagesOfAnySizeAndKeepsTheBitsOfEach) {
  const NodeSpec node = layer(3, 5, 3);
  const auto kernel = make_conv2d_cpu(node, here());
  for (const int round : {0, 1})
    for (int64_t size = 4; size < 16; ++size) {
      const Extents batch(3 + round, size, size + 1);
      const Case<float> got = run(node, batch, *kernel);
      const Case<float> fresh = run(node, batch, *make_conv2d_cpu(node, here()));
      EXPECT_EQ(got.dparameters, fresh.dparameters) << size;
      expect_near(got.output.view(), fresh.output.view());
    }
}

// More images than blocks, and blocks that do not divide them.
TEST(Conv2d, GivesTheSameGradientsForAnyNumberOfThreads) {
  const NodeSpec node = layer(8, 24, 5);
  for (const int64_t rows : {5, 16, 100}) {
    const Extents batch(rows, 14, 14);
    const Case<float> one = run(node, batch, *make_conv2d_cpu(node, here()));
    for (const int threads : {2, 3, 7}) {
      const Case<float> many = run(node, batch, *make_conv2d_cpu(node, here(threads)));
      EXPECT_EQ(many.dparameters, one.dparameters) << rows << " images, " << threads << " threads";
    }
  }
}

TEST(Conv2d, AddsToTheGradientsItIsGivenAndSkipsThoseNotWanted) {
  const NodeSpec node = layer(2, 3, 3);
  const auto kernel = make_conv2d_cpu(node, here());
  Case<float> c(node, {}, {4, 6, 6});
  c.forward(*kernel);
  c.backward(*kernel, false);
  const std::vector<std::vector<float>> once = c.dparameters;  // started from 0.5
  const Input<float> input{.dense = c.inputs[0].view()};
  const std::span<const float> parameters[] = {c.parameters[0], c.parameters[1]};
  Frame<float> frame;
  frame.rows = 4 * 6 * 6;
  frame.input_extents = c.input_extents;
  frame.output_extents = c.output_extents;
  frame.inputs = {&input, 1};
  frame.output = c.output.view();
  frame.parameters = parameters;
  const MatrixView<float> no_input;
  const uint8_t overwrite = 0;
  const std::span<float> bias_alone[] = {{}, c.dparameters[1]};
  kernel->backward(frame, {c.doutput.view(), {&no_input, 1}, {&overwrite, 1}, bias_alone, {}});
  EXPECT_EQ(c.dparameters[0], once[0]);
  for (size_t o = 0; o < 3; ++o) EXPECT_NEAR(c.dparameters[1][o], 2 * once[1][o] - 0.5f, 1e-4f);
}

TEST(Conv2d, RefusesShapesThatDoNotFitByName) {
  const auto message = [](const std::string& key, int64_t value) {
    NodeSpec node = layer(2, 3, 3);
    node.attributes[key] = value;
    try {
      kinds::conv2d.infer(node);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message("stride", 2), "accepted");
  EXPECT_NE(message("stride", 0).find("attribute stride is 0"), std::string::npos);
  EXPECT_NE(message("stride", 1 << 20).find("accepted"), std::string::npos);
  EXPECT_NE(message("padding", 1).find("unknown attribute 'padding'"), std::string::npos);
  EXPECT_NE(message("kernel", 4).find("must be odd"), std::string::npos);
  EXPECT_NE(message("kernel", int64_t{1} << 40).find("attribute kernel"), std::string::npos);
  NodeSpec rows = layer(2, 3, 3);
  rows.inputs[0].space = {};
  EXPECT_THROW(kinds::conv2d.infer(rows), Error);
  NodeSpec coarse = layer(2, 3, 3);
  coarse.inputs[0].space = Space::pixels(1 << 19);
  coarse.attributes["stride"] = 4;
  EXPECT_THROW(kinds::conv2d.infer(coarse), Error);
}

}  // namespace
}  // namespace laconic::ops
