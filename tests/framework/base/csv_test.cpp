#include "framework/base/csv.hpp"

#include <gtest/gtest.h>

namespace laconic {
namespace {

TEST(ACsvField, IsQuotedWhereItMustBe) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("Arts, Crafts"), "\"Arts, Crafts\"");
  EXPECT_EQ(csv_field("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("two\rlines"), "\"two\rlines\"");
}

TEST(ACsvField, MayHaveAnotherSeparator) {
  EXPECT_EQ(csv_field("a b", ' '), "\"a b\"");
  EXPECT_EQ(csv_field("a,b", ' '), "a,b");
}

}  // namespace
}  // namespace laconic
