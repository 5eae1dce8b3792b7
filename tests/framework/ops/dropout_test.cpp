#include <gtest/gtest.h>

#include "framework/ops/list.hpp"
#include "tests/framework/ops/sparse_matrices.hpp"

namespace laconic::ops {
namespace {

using test::Matrix;

// The masked matrix of ones that one call of a dropout node gives.
std::vector<float> mask(double rate, int64_t site, uint64_t seed, uint64_t step,
                        bool training = true, const std::string& implementation = "") {
  NodeSpec node;
  node.kind = node.name = "dropout";
  node.inputs = {{.width = 100}};
  node.attributes = {{"rate", rate}, {"site", site}};
  find("dropout").infer(node);
  const Context context{.seed = seed, .threads = 1, .isa = detect_isa()};
  const auto kernel =
      choose<float>(node, context, implementation).implementation->make(node, context);
  Matrix<float> x(1000, 100), y(1000, 100);
  std::fill(x.values.begin(), x.values.end(), 1.0f);
  const std::vector<Input<float>> inputs{{x.view(), {}}};
  Frame<float> frame;
  frame.rows = 1000;
  frame.inputs = inputs;
  frame.output = y.view();
  frame.training = training;
  frame.step = step;
  kernel->forward(frame);
  return y.values;
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(Dropout, KeepsTheExpectation) {
  for (const double rate : {0.1, 0.2, 0.5, 0.9}) {
    const std::vector<float> y = mask(rate, 0, 1, 1);
    const double deviation = std::sqrt(rate / (1 - rate) / static_cast<double>(y.size()));
    EXPECT_NEAR(mean(y), 1.0, 4 * deviation) << rate;
  }
}

TEST(Dropout, ScalesByTheExactProbabilityOfItsSixteenBits) {
  const std::vector<float> y = mask(0.3, 0, 1, 1);
  const float scale = static_cast<float>(65536.0 / (65536 - 19661));  // 19661 = round(0.3 * 65536)
  for (const float value : y) EXPECT_TRUE(value == 0 || value == scale);
}

TEST(Dropout, IsTheIdentityOutsideTraining) {
  for (const float value : mask(0.5, 0, 1, 1, false)) EXPECT_EQ(value, 1);
}

TEST(Dropout, AnotherSeedSiteOrStepGivesAnotherMaskAndTheSameGivesTheSame) {
  const auto base = mask(0.5, 0, 1, 1);
  EXPECT_EQ(base, mask(0.5, 0, 1, 1));
  EXPECT_EQ(base, mask(0.5, 0, 1, 1, true, "ref"));
  for (const auto& other :
       {mask(0.5, 1, 1, 1), mask(0.5, 0, 2, 1), mask(0.5, 0, 1, 2), mask(0.5, 0, 1, 1ull << 33)}) {
    size_t equal = 0;
    for (size_t k = 0; k < base.size(); ++k) equal += base[k] == other[k];
    EXPECT_NEAR(static_cast<double>(equal) / static_cast<double>(base.size()), 0.5, 0.01);
  }
}

TEST(Choose, SaysWhyEarlierImplementationsWerePassedOver) {
  NodeSpec node = find("relu").examples().front().node;
  EXPECT_STREQ(choose<float>(node, {}).implementation->name, "cpu");
  const auto choice = choose<float>(node, {}, "ref");
  EXPECT_STREQ(choice.implementation->name, "ref");
  EXPECT_EQ(choice.refusals, std::vector<std::string>{"cpu: only ref was asked for"});
  EXPECT_ANY_THROW(choose<float>(node, {}, "gpu"));
  EXPECT_ANY_THROW(find("rely"));
}

}  // namespace
}  // namespace laconic::ops
