// The end of a run in a few lines, from result.json alone.
#include "apps/laconic/report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/laconic/run/score.hpp"
#include "framework/base/error.hpp"
#include "tests/apps/report/run_folders.hpp"

namespace laconic::report::test {
namespace {

using laconic::test::old_result;
using laconic::test::other_result;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SummaryTest : public testing::Test {
 protected:
  void write(const std::string& name, const nlohmann::json& result) {
    real_files().make_directories(folder_ / name);
    write_text(folder_ / name + "/result.json", result.dump());
  }
  // With the temporary folder's name taken out.
  std::string text(const std::vector<std::string>& others = {}, const std::string& name = "a") {
    std::string lines = summary(real_files(), folder_ / name, others);
    for (size_t at; (at = lines.find(folder_.path() + "/")) != lines.npos;)
      lines.erase(at, folder_.path().size() + 1);
    return lines;
  }
  ExitCode error_of(const std::vector<std::string>& others, const std::string& name = "a") {
    try {
      summary(real_files(), folder_ / name, others);
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::success;
  }
  TemporaryFolder folder_;
};

TEST_F(SummaryTest, OfANetworkStandsBesideItsBaselines) {
  nlohmann::json result = old_result();
  result["monitor"] = "val/accuracy";
  result["better"] = "higher";
  result["figures"] = figures_json(figures_of({}));
  result["baselines"] = {
      {{"name", "always the commonest class"}, {"figure", "test/accuracy"}, {"value", 0.253}}};
  write("a", result);
  result["metrics"]["test"]["accuracy"] = 0.5;
  write("b", result);
  EXPECT_THAT(
      text({"without edges=" + folder_ / "b"}),
      StartsWith(
          "test accuracy                        71.4 %  (a)\n"
          "  without edges                      50.0 %\n"
          "  always the commonest class         25.3 %\n"
          "on the wire                          3.00 MB sent by each of 2 ranks in 40 rounds (dense: 8.00 MB)\n"
          "time                                 10.0 s\n"
          "run folder                           a\n"
          "seconds "));
}

TEST_F(SummaryTest, OfAnOlderResultIsTheSameWithoutBaselines) {
  write("a", old_result());
  EXPECT_THAT(text(), AllOf(StartsWith("test accuracy                        71.4 %  (a)\n"
                                       "on the wire "),
                            HasSubstr("straggler: rank 1")));
}

TEST_F(SummaryTest, OfAMethodWithoutANetworkGoesByItsOwnFigure) {
  write("a", other_result(0.000312));
  write("b", other_result(0.01));
  EXPECT_THAT(text({"b=" + folder_ / "b"}),
              AllOf(StartsWith("error                                0.000312 m  (a)\n"
                               "  b                                  0.01 m\n"
                               "  the mean of all samples            0.25 m\n"),
                    HasSubstr("iterate"), Not(HasSubstr("%  (a)"))));
}

TEST_F(SummaryTest, PrintsWhatThereIs) {
  write("a", nlohmann::json::object());
  EXPECT_EQ(text(), "run folder                           a\n");
  nlohmann::json result = other_result();
  for (const char* key : {"monitor", "better", "comm", "time_s", "baselines"}) result.erase(key);
  write("a", result);
  EXPECT_EQ(text(),
            "error                                0.000312 m  (a)\n"
            "kept                                 50.0 %\n"
            "run folder                           a\n");
  write("a", {{"metrics", 3}, {"baselines", "none"}, {"comm", nullptr}, {"figures", {1}}});
  EXPECT_THAT(text(), HasSubstr("run folder"));
}

TEST_F(SummaryTest, ARunWithoutTheFigureIsComparedAsUnknown) {
  write("a", old_result());
  write("b", other_result());
  EXPECT_THAT(text({"b=" + folder_ / "b"}),
              HasSubstr("  b                                       –\n"));
}

TEST_F(SummaryTest, RefusesWhatIsNoResult) {
  write("a", old_result());
  EXPECT_EQ(error_of({}), ExitCode::success);
  EXPECT_EQ(error_of({}, "nowhere"), ExitCode::data);
  EXPECT_EQ(error_of({"b"}), ExitCode::usage);
  EXPECT_EQ(error_of({"b=" + folder_ / "nowhere"}), ExitCode::data);
  write_text(folder_ / "a/result.json", "{\"metrics\":");
  EXPECT_EQ(error_of({}), ExitCode::data);
}

}  // namespace
}  // namespace laconic::report::test
