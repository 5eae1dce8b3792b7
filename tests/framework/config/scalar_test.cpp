#include "framework/config/scalar.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "framework/base/random.hpp"

namespace laconic::config {
namespace {

TEST(Integer, ReadsDecimalAndWholeExponents) {
  EXPECT_EQ(parse_integer("0").value, 0);
  EXPECT_EQ(parse_integer("-17").value, -17);
  EXPECT_EQ(parse_integer("+17").value, 17);
  EXPECT_EQ(parse_integer("1e3").value, 1000);
  EXPECT_EQ(parse_integer("2.5E6").value, 2500000);
  EXPECT_EQ(parse_integer("1000e-3").value, 1);
  EXPECT_EQ(parse_integer("0e99999999999999999999").value, 0);
}

TEST(Integer, KeepsAllBitsOfTheExtremes) {
  EXPECT_EQ(parse_integer("9223372036854775807").value, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808").value, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(parse_integer("9007199254740993").value, 9007199254740993);  // no double in between
  EXPECT_EQ(parse_integer("9.223372036854775807e18").value, std::numeric_limits<int64_t>::max());
}

TEST(Integer, RefusesWhatIsBeyond64Bits) {
  for (const auto text :
       {"9223372036854775808", "-9223372036854775809", "1e19", "1e999999999999"}) {
    const auto parsed = parse_integer(text);
    EXPECT_FALSE(parsed.value) << text;
    EXPECT_EQ(parsed.error, "beyond the 64-bit whole numbers") << text;
  }
}

TEST(Integer, RefusesTheTrapsAndSaysWhatToWrite) {
  EXPECT_EQ(parse_integer("010").error, "leading zeros are not read (is it octal?)");
  EXPECT_EQ(parse_integer("0x10").error, "only decimal numbers are read: write 16");
  EXPECT_EQ(parse_integer("-0x10").error, "only decimal numbers are read: write -16");
  EXPECT_EQ(parse_integer("0o17").error, "only decimal numbers are read: write 15");
  EXPECT_EQ(parse_integer("0b101").error, "only decimal numbers are read: write 5");
  EXPECT_EQ(parse_integer("1_000").error, "write 1000");
  EXPECT_EQ(parse_integer("1,000").error, "write 1000");
  EXPECT_EQ(parse_integer("3.0").error, "a whole number has no decimal point");
  EXPECT_EQ(parse_integer("1.5e0").error, "it is not whole");
  EXPECT_EQ(parse_integer("1e-1").error, "it is not whole");
  EXPECT_EQ(parse_integer(".inf").error, "the number must be finite");
}

TEST(Integer, RefusesWhatIsNoNumber) {
  for (const auto text : {"", "+", "-", ".", "e3", "1e", "1e+", "1 2", " 1", "1 ", "--1", "1..2",
                          "one", "0x", "0xg", "1f", "1e3.0", "1_", "\xD9\xA1"}) {
    EXPECT_FALSE(parse_integer(text).value) << text;
    EXPECT_FALSE(parse_real(text).value) << text;
  }
}

TEST(Real, ReadsDecimalNumbers) {
  EXPECT_EQ(parse_real("1").value, 1.0);
  EXPECT_EQ(parse_real("-.5").value, -0.5);
  EXPECT_EQ(parse_real("5.").value, 5.0);
  EXPECT_EQ(parse_real("+1e-3").value, 1e-3);
  EXPECT_EQ(parse_real("0.1").value, 0.1);
  EXPECT_EQ(parse_real("1.7976931348623157e308").value, std::numeric_limits<double>::max());
  EXPECT_EQ(parse_real("4.9406564584124654e-324").value, std::numeric_limits<double>::denorm_min());
  EXPECT_TRUE(std::signbit(*parse_real("-0").value));
  EXPECT_EQ(parse_real("0e-99999").value, 0.0);
}

TEST(Real, RefusesOverflowUnderflowAndTheInfinite) {
  EXPECT_EQ(parse_real("1e309").error, "too large for a 64-bit number");
  EXPECT_EQ(parse_real("-1e99999999999999999999").error, "too large for a 64-bit number");
  EXPECT_EQ(parse_real("1e-4000").error, "too close to 0: a 64-bit number would become 0");
  EXPECT_EQ(parse_real("0." + std::string(400, '0') + "1").error,
            "too close to 0: a 64-bit number would become 0");
  for (const auto text : {".nan", ".NaN", "nan", ".inf", "-.inf", "inf", "Infinity"}) {
    EXPECT_EQ(parse_real(text).error, "the number must be finite") << text;
  }
  EXPECT_EQ(parse_real("007").error, "leading zeros are not read (is it octal?)");
}

TEST(Flag, IsTrueOrFalseOnly) {
  EXPECT_EQ(parse_flag("true").value, true);
  EXPECT_EQ(parse_flag("false").value, false);
  for (const auto text : {"yes", "on", "TRUE", "True", "y", "1"}) {
    EXPECT_EQ(parse_flag(text).error, "write true") << text;
  }
  for (const auto text : {"no", "off", "FALSE", "n", "0"}) {
    EXPECT_EQ(parse_flag(text).error, "write false") << text;
  }
  EXPECT_FALSE(parse_flag("maybe").value);
  EXPECT_FALSE(parse_flag("").value);
}

TEST(Print, RealsComeBackToTheBit) {
  const Random random(7, Stream::test);
  for (uint64_t i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random.word(i));
    if (!std::isfinite(value)) continue;
    const auto back = parse_real(print_real(value)).value;
    ASSERT_TRUE(back) << print_real(value);
    ASSERT_EQ(std::bit_cast<uint64_t>(*back), std::bit_cast<uint64_t>(value)) << print_real(value);
  }
}

TEST(Print, NegativeControlSixDigitsDoNotComeBack) {
  const Random random(7, Stream::test);
  int lost = 0;
  for (uint64_t i = 0; i < 100; ++i) {
    const double value = random.uniform(i);
    lost += parse_real(fmt::format("{:g}", value)).value != value;
  }
  EXPECT_GT(lost, 90);
}

TEST(Print, TextIsPlainOnlyWhereNothingCanMisreadIt) {
  EXPECT_EQ(print_text("adam"), "adam");
  EXPECT_EQ(print_text("/data/set-1.h5"), "/data/set-1.h5");
  for (const auto text : {"", "null", "NULL", "true", "no", "12", "1e3", "0x10", "inf", "-x", "a b",
                          "a: b", "a#b", "*a", "[a", "..."}) {
    EXPECT_EQ(print_text(text), fmt::format("\"{}\"", text));
  }
  EXPECT_EQ(print_text("a\"\\\n\x01"), R"("a\"\\\n\x01")");
}

}  // namespace
}  // namespace laconic::config
