// Who wins a window: the first of equals, a NaN over everything; the same on every instruction set.
#include "framework/ops/max_pool2d/max_pool2d.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "framework/ops/kind.hpp"

namespace laconic::ops {
namespace {

constexpr float tiny = std::numeric_limits<float>::denorm_min();

NodeSpec window(int64_t channels) {
  NodeSpec node = pixel_example("max_pool2d", channels, 0, 1, {{"kernel", 2}}).node;
  kinds::max_pool2d.infer(node);
  return node;
}

struct Winner {
  float value;
  int place;
};

// The one window of an image of 2 x 2 pixels whose channels are all alike: what it gives, and which
// pixel gets the gradient.
Winner winner(Kernel<float>& kernel, int64_t channels, const std::array<float, 4>& pixels) {
  std::vector<float> x, y(channels), saved(channels), dy(channels, 3), dx(4 * channels);
  for (const float pixel : pixels) x.insert(x.end(), channels, pixel);
  const Input<float> input{.dense = {x.data(), 4, channels}};
  const Extent from{1, 2, 2}, to{1, 1, 1};
  Frame<float> frame;
  frame.rows = 1;
  frame.input_extents = {&from, 1};
  frame.output_extents = {&to, 1};
  frame.inputs = {&input, 1};
  frame.output = {y.data(), 1, channels};
  frame.saved = saved;
  kernel.forward(frame);
  const MatrixView<float> wanted(dx.data(), 4, channels);
  const MatrixView<const float> upstream(dy.data(), 1, channels);
  const uint8_t overwrite = 0;
  kernel.backward(frame, {upstream, {&wanted, 1}, {&overwrite, 1}, {}, {}});
  int place = -1;
  for (int p = 0; p < 4; ++p)
    for (int64_t c = 0; c < channels; ++c) {
      const float share = dx[p * channels + c];
      if (c == 0 && share != 0) place = place < 0 ? p : 9;
      EXPECT_EQ(share, p == place ? 3 : 0) << "pixel " << p << ", channel " << c;
    }
  return {y[channels - 1], place};
}

class MaxPool2d : public testing::TestWithParam<int> {};

TEST_P(MaxPool2d, GivesTheWindowToTheFirstOfEqualsAndToNaN) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  struct {
    std::array<float, 4> pixels;
    float value;
    int place;
  } const cases[] = {
      {{1, 2, 3, 4}, 4, 3},
      {{5, 5, 5, 5}, 5, 0},
      {{1, 7, 7, 2}, 7, 1},
      {{-0.0f, 0.0f, -0.0f, 0.0f}, -0.0f, 0},
      {{-inf, -inf, -inf, -inf}, -inf, 0},
      {{0, tiny, 2 * tiny, tiny}, 2 * tiny, 2},
      {{-1, inf, 2, inf}, inf, 1},
      {{1, NAN, 9, 2}, NAN, 1},
      {{1, 2, inf, NAN}, NAN, 3},
      {{NAN, 2, NAN, inf}, NAN, 0},
  };
  std::vector<std::unique_ptr<Kernel<float>>> kernels_here;
  Context context{.seed = 1, .threads = 1, .isa = Isa::generic};
  const int64_t channels = GetParam();
  const NodeSpec node = window(channels);
  kernels_here.push_back(make_max_pool2d_ref<float>(node, context));
  for (int level = 0; level <= static_cast<int>(detect_isa()); ++level) {
    context.isa = static_cast<Isa>(level);
    kernels_here.push_back(make_max_pool2d_cpu(node, context));
  }
  for (const auto& kernel : kernels_here)
    for (const auto& [pixels, value, place] : cases) {
      const Winner got = winner(*kernel, channels, pixels);
      EXPECT_EQ(got.place, place) << testing::PrintToString(pixels);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(got.value));
      else
        EXPECT_EQ(got.value, value);
      EXPECT_EQ(std::signbit(got.value), std::signbit(value));
    }
}

INSTANTIATE_TEST_SUITE_P(Channels, MaxPool2d, testing::Values(1, 3, 16, 21));

TEST(MaxPool2dShapes, AreRefusedByName) {
  const auto message = [](const std::string& key, int64_t value) {
    NodeSpec node = window(3);
    node.attributes[key] = value;
    try {
      kinds::max_pool2d.infer(node);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(message("stride", 7), "accepted");
  EXPECT_NE(message("kernel", 1025).find("must be at most 1024"), std::string::npos);
  EXPECT_NE(message("channels", 2).find("unknown attribute 'channels'"), std::string::npos);
  EXPECT_NE(message("stride", 0).find("attribute stride is 0"), std::string::npos);
}

}  // namespace
}  // namespace laconic::ops
