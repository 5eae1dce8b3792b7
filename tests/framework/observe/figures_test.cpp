// Figures: absent is not NaN, a direction decides what is better, specs come back from JSON.
#include "framework/observe/figures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

using nlohmann::json;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

TEST(Figures, AreAbsentUntilTheyAreSet) {
  Figures figures;
  const size_t loss = figures.declare({"loss", "", Better::lower});
  const size_t time = figures.declare({"time", "s", Better::neither});
  EXPECT_FALSE(figures.has(loss));
  EXPECT_TRUE(std::isnan(figures.value(loss)));
  figures.set(loss, no_number);  // measured, and no number
  EXPECT_TRUE(figures.has(loss));
  EXPECT_FALSE(figures.has(time));
  figures.set(time, 2.5);
  EXPECT_EQ(figures.values()[time], 2.5);
  figures.clear();
  EXPECT_FALSE(figures.has(loss) || figures.has(time));
  EXPECT_TRUE(std::isnan(figures.values()[time]));
}

TEST(Figures, AreFoundByNameAndDeclaredOnce) {
  Figures figures;
  figures.declare({"loss", "", Better::lower});
  figures.declare({"val/accuracy", "fraction", Better::higher, true});
  EXPECT_EQ(figures.find("val/accuracy"), 1u);
  EXPECT_FALSE(figures.find("val"));
  EXPECT_EQ(figures.size(), 2u);
  EXPECT_TRUE(figures.specs()[1].headline);
  EXPECT_THROW(figures.declare({"loss", "", Better::higher}), Error);
  EXPECT_THROW(figures.declare({}), Error);
  EXPECT_THROW(figures.set(2, 0), Error);
}

TEST(Figures, SettingAndClearingMoveNothing) {
  Figures figures;
  figures.declare({"a", "", Better::neither});
  figures.declare({"b", "", Better::neither});
  const double* values = figures.values().data();
  figures.set(1, 1);
  figures.clear();
  figures.set(0, 1);
  EXPECT_EQ(figures.values().data(), values);
}

TEST(Better, IsADirection) {
  EXPECT_TRUE(is_better(Better::higher, 2, 1));
  EXPECT_FALSE(is_better(Better::higher, 1, 2));
  EXPECT_TRUE(is_better(Better::lower, 1, 2));
  EXPECT_FALSE(is_better(Better::lower, 2, 1));
  EXPECT_FALSE(is_better(Better::neither, 2, 1) || is_better(Better::neither, 1, 2));
  for (const Better better : {Better::higher, Better::lower}) {
    EXPECT_FALSE(is_better(better, 1, 1));
    EXPECT_FALSE(is_better(better, no_number, 1));
    EXPECT_FALSE(is_better(better, no_number, no_number));
    EXPECT_TRUE(is_better(better, 1, no_number));
  }
}

TEST(Better, HasNamesThatComeBack) {
  for (const Better better : {Better::higher, Better::lower, Better::neither})
    EXPECT_EQ(parse_better(better_name(better)), better);
  EXPECT_FALSE(parse_better("Higher"));
  EXPECT_FALSE(parse_better(""));
}

TEST(FigureSpecs, ComeBackFromJson) {
  const std::vector<FigureSpec> specs = {{"val/accuracy", "fraction", Better::higher},
                                         {"error", "m", Better::lower},
                                         {"rounds", "", Better::neither}};
  EXPECT_EQ(figures_json(specs)[1], (json{{"name", "error"}, {"unit", "m"}, {"better", "lower"}}));
  EXPECT_EQ(figures_from_json(json::parse(figures_json(specs).dump())), specs);
}

TEST(FigureSpecs, LeaveOutWhatIsNoFigure) {
  const json damaged = json::parse(
      R"([3, {"unit": "s"}, {"name": 7}, {"name": "a", "unit": 1, "better": "sideways"}])");
  EXPECT_EQ(figures_from_json(damaged), (std::vector<FigureSpec>{{"a", "", Better::neither}}));
  EXPECT_TRUE(figures_from_json(json::object()).empty());
  EXPECT_TRUE(figures_from_json(nullptr).empty());
}

}  // namespace
}  // namespace laconic
