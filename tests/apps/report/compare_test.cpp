// Names, differences, numbers for people, and curves of few points.
#include "apps/laconic/report/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> labels(const std::vector<std::string>& paths) {
  std::vector<report::Run> runs(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) runs[i].path = paths[i];
  label_runs(runs);
  std::vector<std::string> result;
  for (const report::Run& run : runs) result.push_back(run.label);
  return result;
}

TEST(Labels, AreWhatTheRunsDoNotShare) {
  EXPECT_THAT(labels({"/data/runs/a", "/data/runs/b/"}), ElementsAre("a", "b"));
  EXPECT_THAT(labels({"x/a/run", "x/b/run"}), ElementsAre("a/run", "b/run"));
  EXPECT_THAT(labels({"runs/alone"}), ElementsAre("alone"));
  EXPECT_THAT(labels({"./a", "a/b"}), ElementsAre("a", "a/b"));
  EXPECT_THAT(labels({"a", "a"}), ElementsAre("a", "a"));
}

TEST(Differences, AreTheKeysWhoseValuesAreNotTheSame) {
  std::vector<report::Run> runs(3);
  for (report::Run& run : runs) run.config = {{"seed", {"1"}}, {"optimizer.lr", {"0.1"}}};
  EXPECT_THAT(config_differences(runs), IsEmpty());
  runs[1].config["optimizer.lr"] = {"0.2"};
  runs[2].config["model.heads"] = {"4", true};
  runs[2].config["run.dir"] = {"elsewhere"};
  const std::vector<Row> rows = config_differences(runs);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].key, "model.heads");
  EXPECT_THAT(rows[0].values, ElementsAre("", "", "4"));
  EXPECT_TRUE(rows[0].is_default);
  EXPECT_FALSE(rows[1].is_default);
  EXPECT_THAT(rows[1].values, ElementsAre("0.1", "0.2", "0.1"));
}

TEST(Figures, AreAllThatSomeRunHas) {
  std::vector<report::Run> runs(2);
  runs[0].result = {{"time_s", {{"total", 1.5}}}, {"isa", "avx2"}};
  runs[1].result = {{"steps", 7}, {"figures", {{{"name", "a"}}}}, {"phases", {{"a", "work"}}}};
  const std::vector<Row> rows = all_figures(runs);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2].key, "time_s/total");
  EXPECT_THAT(rows[2].values, ElementsAre("1.5", ""));
  EXPECT_THAT(rows[1].values, ElementsAre("", "7"));
}

TEST(Numbers, AreWrittenForPeople) {
  EXPECT_EQ(seconds_text(0.00123), "1.23 ms");
  EXPECT_EQ(seconds_text(12.345), "12.3 s");
  EXPECT_EQ(seconds_text(3725), "1 h 02 min");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(999.9), "1.00 kB");
  EXPECT_EQ(bytes_text(12.34e6), "12.3 MB");
  EXPECT_EQ(seconds_text(std::nan("")), unknown_text);
}

TEST(Table, LosesTheColumnsThatNoRowFills) {
  const Table table{{"run", "a", "b", "c"},
                    {{unknown_text, unknown_text, "1", unknown_text},
                     {unknown_text, unknown_text, unknown_text, ""}}};
  EXPECT_THAT(table.without_empty_columns().head, ElementsAre("run", "b", "c"));
  EXPECT_THAT(table.without_empty_columns().rows[1], ElementsAre(unknown_text, unknown_text, ""));
}

TEST(Escape, LeavesNoMarkupAndNothingThatIsNoCharacter) {
  EXPECT_EQ(escape("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
  EXPECT_EQ(escape("ä€😀"), "ä€😀");
  EXPECT_EQ(escape("a\xFF"
                   "b\xC3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(escape(std::string("\0\x1b", 2)), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escape("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // half a surrogate
}

std::vector<Point> thin(const Curve& curve, size_t most) {
  const Curve* const one = &curve;
  return report::thin({&one, 1}, most);
}

TEST(Thin, KeepsPeaksAndEveryStepCounts) {
  Curve curve;
  for (int i = 0; i < 10000; ++i) {
    curve.steps.push_back(i);
    curve.values.push_back(i == 7777 ? 100 : 1);
  }
  const std::vector<Point> points = thin(curve, 300);
  ASSERT_EQ(points.size(), 300u);
  double high = 0;
  for (const Point& p : points) high = std::max(high, p.high);
  EXPECT_EQ(high, 100);
  EXPECT_EQ(points[0].mean, 1);
  EXPECT_LT(points[0].x, points[1].x);
  EXPECT_EQ(thin(curve, 20000).size(), 10000u);
  EXPECT_TRUE(thin({}, 10).empty());
}

TEST(Thin, PassesOverWhatIsNotFinite) {
  const double nan = std::nan("");
  const std::vector<Point> points = thin({{1, 2, 3, 4}, {nan, 5, nan, nan}}, 2);
  EXPECT_EQ(points[0].mean, 5);
  EXPECT_EQ(points[0].low, 5);
  EXPECT_TRUE(std::isnan(points[1].mean));
}

TEST(Thin, SpreadsSeedsByTheirMeans) {
  const Curve a{{1, 2, 3, 4}, {1, 3, 5, 7}}, b{{1, 2, 3}, {2, 8, 9}};  // b ended earlier
  const std::array<const Curve*, 2> both{&a, &b};
  const std::vector<Point> points = report::thin(both, 2);
  EXPECT_EQ(points[0].x, 1.5);
  EXPECT_EQ(points[0].mean, 3.5);  // of the means 2 and 5
  EXPECT_EQ(points[0].low, 2);
  EXPECT_EQ(points[0].high, 5);
  EXPECT_EQ(points[1].mean, 7.5);  // of 6 and 9
  EXPECT_EQ(report::thin(both, 100)[3].low, 7);
}

}  // namespace
}  // namespace laconic::report
