// What several runs needed for a score that all of them reached.
#include "apps/laconic/report/race.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/base/error.hpp"
#include "tests/apps/run/results.hpp"

namespace laconic::report::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Run run_of(const std::string& label, std::vector<double> scores, double second, double megabyte) {
  Run run;
  run.path = "runs/" + label;
  run.label = label;
  run.result = laconic::test::old_result();
  run.result["comm"]["link"] = {{"mbit", 100}, {"latency_us", 200}};
  auto steps = nlohmann::json::array(), seconds = steps, bytes = steps;
  for (size_t i = 1; i <= scores.size(); ++i) {
    steps.push_back(10 * i);
    seconds.push_back(second * static_cast<double>(i));
    bytes.push_back(1e6 * megabyte * static_cast<double>(i));
  }
  run.result["course"] = {{"trained_s", 100},
                          {"step", steps},
                          {"score", scores},
                          {"seconds", seconds},
                          {"bytes_sent", bytes}};
  run.score = score_of(run.result);
  return run;
}

std::string refusal(std::vector<Run> runs) {
  try {
    const Race race(std::move(runs));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Race, IsToTheBestScoreThatAllRunsReached) {
  // dense reaches 0.72 at its third evaluation, sparse at its second.
  const Race race(
      {run_of("dense", {0.5, 0.7, 0.8}, 10, 40), run_of("sparse", {0.6, 0.72, 0.71}, 2, 1)});
  EXPECT_EQ(
      race.table(),
      "        test accuracy  sent per rank  trained  to val accuracy 72.0 %: time     sent\n"
      "dense          71.4 %        3.00 MB    100 s                        30.0 s   120 MB\n"
      "sparse         71.4 %        3.00 MB    100 s                        4.00 s  2.00 MB\n"
      "sparse reached val accuracy 72.0 % in 0.13 times the seconds of dense and with 1.7 % of "
      "its bytes\n");
}

TEST(Race, RefusesRunsThatCannotBeCompared) {
  auto other = run_of("b", {0.5}, 1, 1);
  other.score.monitor.name = "val/loss";
  EXPECT_THAT(refusal({run_of("a", {0.5}, 1, 1), other}), HasSubstr("no common score"));
  auto old = run_of("b", {0.5}, 1, 1);
  old.result.erase("course");
  EXPECT_THAT(refusal({run_of("a", {0.5}, 1, 1), old}), HasSubstr("runs/b: holds no evaluations"));
  EXPECT_THAT(refusal({run_of("a", {std::nan("")}, 1, 1)}), HasSubstr("holds no evaluations"));
  auto none = run_of("b", {0.5}, 1, 1);
  none.score.monitor = {"", "", Better::neither};
  EXPECT_THAT(refusal({none}), HasSubstr("train.monitor"));
}

TEST(Race, DrawsNamesWithAnyCharacters) {
  const Race race({run_of("it's <b>&\n\"$x\" `id` \\", {0.5, 0.7}, 10, 40),
                   run_of("sparse", {0.6, 0.72}, 2, 1)});
  const std::string svg = race.picture();
  EXPECT_THAT(svg, AllOf(HasSubstr("it&#39;s &lt;b&gt;&amp;"), HasSubstr("a link of 100 Mbit/s"),
                         HasSubstr("val accuracy (%)"), HasSubstr("MB that rank 0 has sent"),
                         HasSubstr("seconds of training"), HasSubstr("#2f63c8"),
                         HasSubstr("common score"), Not(HasSubstr("var("))));
  EXPECT_TRUE(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
}

}  // namespace
}  // namespace laconic::report::test
