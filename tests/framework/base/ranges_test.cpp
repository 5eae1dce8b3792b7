#include "framework/base/ranges.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace laconic::test {
namespace {

TEST(RangesText, JoinsNeighbours) {
  EXPECT_EQ(ranges_text(std::vector<int>{}), "");
  EXPECT_EQ(ranges_text(std::vector<int>{0, 1, 2, 3, 8}), "0-3,8");
  EXPECT_EQ(ranges_text(std::vector<int64_t>{0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
}

}  // namespace
}  // namespace laconic::test
