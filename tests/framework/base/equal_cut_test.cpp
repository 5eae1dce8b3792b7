#include "framework/base/equal_cut.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace laconic {
namespace {

constexpr int64_t numbers[] = {0, 1, 2, 6, 7, 8, 1000, 12345};

template <class Cut>
void check_parts(Cut cut, int64_t n, int64_t parts) {
  EXPECT_EQ(cut(n, parts, 0), 0);
  EXPECT_EQ(cut(n, parts, parts), n);
  for (int64_t q = 0; q < parts; ++q) {
    const int64_t length = cut(n, parts, q + 1) - cut(n, parts, q);
    EXPECT_TRUE(length == n / parts || length == n / parts + 1) << n << " " << parts << " " << q;
  }
}

TEST(EqualCut, PartsDifferByAtMostOneAndCoverAll) {
  for (const int64_t n : numbers)
    for (const int64_t parts : {1, 2, 3, 7, 64}) {
      check_parts(equal_cut, n, parts);
      check_parts(equal_cut_longer_first, n, parts);
      for (int64_t q = 0; q < parts; ++q) {
        EXPECT_EQ(equal_cut(n, parts, q), n * q / parts);
        EXPECT_EQ(equal_part(n, parts, q), n * (q + 1) / parts - n * q / parts);
      }
    }
}

TEST(EqualCut, DoesNotOverflow) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(equal_cut(most, 4, 4), most);
  EXPECT_EQ(equal_cut(most, 4, 2), most / 2);
}

TEST(EqualCut, MayPutTheLongerPartsFirst) {
  EXPECT_EQ(equal_cut_longer_first(7, 3, 1), 3);
  EXPECT_EQ(equal_cut_longer_first(7, 3, 2), 5);
  EXPECT_EQ(equal_cut(7, 3, 1), 2);
}

}  // namespace
}  // namespace laconic
