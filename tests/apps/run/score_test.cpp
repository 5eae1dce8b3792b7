// Which figure counts for a run: its own answer, and the one place that answers for older runs.
#include "apps/laconic/run/score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/apps/run/results.hpp"

namespace laconic::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const std::vector<FigureSpec>& figures) {
  std::vector<std::string> result;
  for (const FigureSpec& figure : figures) result.push_back(figure.name);
  return result;
}

TEST(Score, IsTheMonitorThatTheRunNames) {
  const Score score = score_of(other_result());
  EXPECT_EQ(score.monitor, (FigureSpec{"error", "m", Better::lower}));
  EXPECT_THAT(score.reported, ElementsAre(score.monitor));
  EXPECT_EQ(metric_of(other_result(), "error"), 0.000312);
}

TEST(Score, OfAMonitorOfValidationReportsTheTestFigureThatTheRunHas) {
  json result = old_result();
  result["monitor"] = "val/loss";
  result["better"] = "lower";
  result["figures"] = json::parse(R"([{"name": "val/loss", "unit": "", "better": "lower"},
                                      {"name": "test/loss", "unit": "nat", "better": "lower"}])");
  EXPECT_EQ(score_of(result).monitor.name, "val/loss");
  EXPECT_EQ(score_of(result).reported[0].name, "test/loss");
  EXPECT_EQ(score_of(result).reported[0].unit, "nat");
  result["metrics"].erase("test");
  EXPECT_THAT(names(score_of(result).reported), ElementsAre("val/loss"));
}

TEST(Score, OfAnOlderRunIsTheFirstThatItHasOfAccuracyMicroF1AndLoss) {
  json result = old_result();
  EXPECT_EQ(score_of(result).monitor, (FigureSpec{"val/accuracy", "fraction", Better::higher}));
  EXPECT_THAT(names(score_of(result).reported), ElementsAre("test/accuracy"));
  result["metrics"]["val"].erase("accuracy");
  EXPECT_EQ(score_of(result).monitor.name, "val/micro_f1");
  result["metrics"]["val"].erase("micro_f1");
  EXPECT_EQ(score_of(result).monitor, (FigureSpec{"val/loss", "", Better::lower}));
  result.erase("metrics");
  EXPECT_EQ(score_of(result).monitor.name, "");
}

TEST(Score, WithoutAMonitorReportsEveryFigureThatTheMetricsHave) {
  json result = other_result();
  result.erase("monitor");
  result.erase("better");
  EXPECT_EQ(score_of(result).monitor.name, "");
  EXPECT_THAT(names(score_of(result).reported), ElementsAre("error", "kept"));
  result.erase("metrics");
  EXPECT_THAT(score_of(result).reported, IsEmpty());
}

TEST(Score, SurvivesWhateverTheFileHolds) {
  for (const char* text :
       {"null", "3", "[]", "{}", R"({"monitor": 3, "figures": {}, "metrics": []})",
        R"({"monitor": "a", "better": "up", "figures": [1, {"name": []}], "metrics": "x"})"}) {
    const json result = json::parse(text);
    EXPECT_TRUE(std::isnan(metric_of(result, score_of(result).monitor.name))) << text;
  }
  EXPECT_TRUE(std::isnan(metric_of(json::parse("{", nullptr, false), "a")));
}

TEST(FigureText, GoesByTheUnitAlone) {
  EXPECT_EQ(figure_text(0.841, "fraction"), "84.1 %");
  EXPECT_EQ(figure_text(0.841, ""), "0.841");
  EXPECT_EQ(figure_text(3.12e-7, "m"), "3.12e-07 m");
  EXPECT_EQ(figure_text(std::nan(""), "fraction"), unknown_text);
  EXPECT_EQ(figure_title("test/accuracy"), "test accuracy");
}

}  // namespace
}  // namespace laconic::test
