#include "data/commonest_class.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace laconic::data {
namespace {

TEST(CommonestClass, IsThatOfTheTrainingRowsAndCountsOnTheTestRows) {
  const std::vector<int32_t> labels = {1, 1, 0, 2, 2, 2, 1, 0, 1};
  EXPECT_DOUBLE_EQ(commonest_class_accuracy(labels, 3, {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}), 2. / 3);
}

TEST(CommonestClass, CountsRowsWithoutALabelNowhere) {
  const std::vector<int32_t> labels = {-1, -1, -1, 1, 1, -1, 0};
  EXPECT_DOUBLE_EQ(commonest_class_accuracy(labels, 2, {{0, 1, 2, 3}, {}, {4, 5, 6}}), 0.5);
  EXPECT_TRUE(std::isnan(commonest_class_accuracy(labels, 2, {{3}, {}, {5}})));
}

}  // namespace
}  // namespace laconic::data
