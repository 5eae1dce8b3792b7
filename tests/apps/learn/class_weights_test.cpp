#include "apps/laconic/learn/class_weights.hpp"

#include <gmock/gmock.h>

#include "tests/data/graph/small_graphs.hpp"

namespace laconic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

const std::vector<int32_t> labels = {0, 0, 0, 1, -1, 1, 2};
const std::vector<int32_t> training = {0, 1, 2, 3, 4};  // three of class 0, one of class 1

TEST(ClassWeights, NoneMeansNone) {
  EXPECT_THAT(class_weights({"none"}, labels, training, 3), IsEmpty());
}

TEST(ClassWeights, BalancedGivesEveryClassTheSameWeightInAll) {
  // Three rows of 2/3 and one of 2: 2 each, and 1 in the mean.
  EXPECT_THAT(class_weights({"balanced"}, labels, training, 3),
              ElementsAre(testing::FloatEq(2.0f / 3), testing::FloatEq(2), 0));
}

TEST(ClassWeights, AListIsScaledToTheMeanOne) {
  EXPECT_THAT(class_weights({"1", "5", "7"}, labels, training, 3), ElementsAre(0.5f, 2.5f, 3.5f));
}

TEST(ClassWeights, TheGradientOfARowIsWeighed) {
  std::vector<float> gradient = {1, -1, 2, -2, 3, -3};
  const std::vector<int32_t> classes = {1, -1, 0};
  const std::vector<float> weights = {0.5f, 10};
  weigh(weights, classes, {gradient.data(), 3, 2});
  EXPECT_THAT(gradient, ElementsAre(10, -10, 2, -2, 1.5f, -1.5f));
  weigh({}, classes, {gradient.data(), 3, 2});
  EXPECT_FLOAT_EQ(gradient[0], 10);
}

TEST(ClassWeights, WhatDoesNotFitIsRefused) {
  const auto error = [](const Texts& wanted, std::span<const int32_t> of) {
    return data::error_of([&] { class_weights(wanted, of, training, 3); }, ExitCode::config);
  };
  EXPECT_THAT(error({"1", "2"}, labels), HasSubstr("2 numbers, but there are 3 classes"));
  EXPECT_THAT(error({"balanced"}, {}), HasSubstr("only for one class per row"));
  EXPECT_THAT(wrong_class_weights({"heavy"}), HasSubstr("value heavy; allowed: none, balanced"));
  EXPECT_THAT(wrong_class_weights({"1", "-1"}), HasSubstr("value -1"));
  EXPECT_THAT(wrong_class_weights({"1", "nan"}), HasSubstr("value nan"));
  EXPECT_THAT(wrong_class_weights({}), HasSubstr("an empty list"));
  EXPECT_EQ(wrong_class_weights({"0.5", "2"}), "");
}

}  // namespace
}  // namespace laconic
