// The page: only text reaches it, and it shows what the runs left.
#include "apps/laconic/report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "apps/laconic/report/panel.hpp"
#include "tests/apps/report/run_folders.hpp"

namespace laconic::report::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size()) ++n;
  return n;
}

TEST(Page, ShowsOneRunWithItsCurvesTimeBytesAndConfiguration) {
  const TemporaryFolder folder;
  make_run(folder / "alone");
  const std::string html = page({read_run(real_files(), folder / "alone")}, "now");
  EXPECT_THAT(html, AllOf(HasSubstr("<h1>alone</h1>"), HasSubstr("71.0 %"), HasSubstr("Loss"),
                          HasSubstr("hidden: 16"), HasSubstr("10.0 s"), HasSubstr("2.00 MB")));
  EXPECT_EQ(count(html, "<svg class=\"plot\""), 4u);  // loss, accuracy, lr; folded: test/accuracy
  EXPECT_THAT(html, Not(HasSubstr("What differs")));
}

TEST(Page, MarksTheBestOfSeveralAndSaysWhatDiffers) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  make_run(folder / "b", {.config = "model:\n  hidden: 32\n"});
  write_text(folder / "b/result.json",
             R"({"metrics": {"val": {"accuracy": 0.8}, "test": {"accuracy": 0.9}}})");
  const std::string html =
      page({read_run(real_files(), folder / "a"), read_run(real_files(), folder / "b")}, "now");
  EXPECT_THAT(html, AllOf(HasSubstr("What differs"), HasSubstr("model.hidden"),
                          HasSubstr("<b>90.0 %</b>"), Not(HasSubstr("<b>71.0 %</b>"))));
}

std::string page_of(const TemporaryFolder& folder, const std::vector<std::string>& names) {
  std::vector<report::Run> runs;
  for (const std::string& name : names) runs.push_back(read_run(real_files(), folder / name));
  return page(runs, "now");
}

TEST(Page, ShowsRunsThatTrainNoNetwork) {
  const TemporaryFolder folder;
  make_other_run(folder / "a", 0.002);
  make_other_run(folder / "b", 0.001);
  const std::string html = page_of(folder, {"a", "b"});
  EXPECT_THAT(html, AllOf(HasSubstr("best error"), HasSubstr("<b>0.001 m</b>"),  // lower is better
                          HasSubstr("0.002 m"), Not(HasSubstr("<b>0.002 m</b>"))));
  EXPECT_THAT(html, AllOf(HasSubstr(">iterate</th>"), HasSubstr("iterate: 3.00 s")));
  // Nothing stands there that no run has.
  EXPECT_THAT(html, AllOf(Not(HasSubstr("accuracy")), Not(HasSubstr("training loss")),
                          Not(HasSubstr("backward<")), Not(HasSubstr("peak memory")),
                          Not(HasSubstr("On the wire"))));
  EXPECT_LT(html.find("<figcaption>error"), html.find("More curves"));
}

TEST(Page, ShowsTheBestValueSoFarOfAnUnfinishedRunInItsDirection) {
  const TemporaryFolder folder;
  make_other_run(folder / "a", 0.002, false);
  make_checkpoint(folder / "a", 100000,
                  {{"monitor", "error"},
                   {"better", "lower"},
                   {"figures", laconic::test::other_result().at("figures")}});
  EXPECT_THAT(page_of(folder, {"a"}), AllOf(HasSubstr("0.002 m"), Not(HasSubstr("0.004 m"))));
}

TEST(Page, HasAColumnForEachFigureThatCountsForSomeRun) {
  const TemporaryFolder folder;
  make_other_run(folder / "a", 0.002);
  make_run(folder / "b");
  const std::string html = page_of(folder, {"a", "b"});
  EXPECT_THAT(html, AllOf(HasSubstr("best error"), HasSubstr("best val accuracy"),
                          HasSubstr("test accuracy"), HasSubstr("<b>71.0 %</b>")));
}

TEST(Page, HasThePhasesOfOlderResults) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  const std::string html = page_of(folder, {"a"});
  EXPECT_THAT(html, AllOf(HasSubstr("forward: 4.00 s"), HasSubstr("everything else: 1.00 s"),
                          Not(HasSubstr("waiting for the exchange"))));
}

TEST(Panels, PutTrainingBesideValidationAndTheMonitorOnTheFirstPage) {
  report::Run run;
  for (const char* key : {"val/accuracy", "accuracy", "val/micro_f1", "exchange/k", "lr", "epoch"})
    run.curves[key] = {{1}, {1}};
  run.figures = figures_of({});
  run.score = score_of({}, [](const std::string& name) { return name == "val/micro_f1"; });
  std::vector<std::string> shown, folded;
  for (const Panel& panel : panels_of({run}))
    (panel.first_page ? shown : folded).push_back(panel.title);
  EXPECT_THAT(shown, testing::ElementsAre("Accuracy", "Micro F1 of validation", "Learning rate"));
  EXPECT_THAT(folded, testing::ElementsAre("exchange/k"));
}

TEST(Page, IsMadeOfWhateverAnInterruptedRunLeft) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.steps = 3,
                          .status = RunStatus::failed,
                          .result = false,
                          .more_metrics = "{\"step\":4,\"loss\":null}\n{\"step\""});
  real_files().make_directories(folder / "empty");
  write_text(folder / "empty/outcome.json", "");
  const std::string html =
      page({read_run(real_files(), folder / "a"), read_run(real_files(), folder / "empty")}, "now");
  EXPECT_THAT(html, AllOf(HasSubstr("status failed"), HasSubstr("is cut off"), HasSubstr("empty")));
  EXPECT_THAT(html, HasSubstr("loss not finite 1 of 4 times, first at step 4"));
}

TEST(Page, TakesNamesAsTextOnly) {
  const TemporaryFolder folder;
  const std::string name = "a'b\"<script>x</script>&amp;`touch pwned`$(touch pwned)\n;%d{0}\\";
  const std::string key = R"({"step":1,"<img src=x>`touch pwned`'\"\nquit":1})";
  make_run(folder / "plain", {.config = "name: \"<script>\"\nmodel:\n  kind: '</pre>{0}'\n",
                              .more_metrics = key + "\n"});
  std::vector<report::Run> runs(2, read_run(real_files(), folder / "plain"));
  runs[0].path = "runs/" + std::string("plain");
  runs[1].path = "runs/" + name;
  runs[1].message = "<script>";
  runs[0].score.monitor = {"<script>", "<img src=x>", Better::higher};
  runs[0].result["metrics"]["<script>"] = 1.5;
  runs[0].result["phases"] = {{"<script>", "work"}};
  runs[0].result["time_s"]["<script>"] = 1.5;
  const std::string html = page(runs, "now");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")),
                          HasSubstr("&lt;script&gt;"), Not(HasSubstr("</pre>{0}"))));
  EXPECT_FALSE(real_files().exists("pwned"));
  for (const Panel& panel : panels_of(runs)) EXPECT_FALSE(panel.keys.empty());
}

TEST(Page, StaysSmallWhateverTheNumberOfSteps) {
  const TemporaryFolder folder;
  make_run(folder / "long", {.steps = 30000});
  const std::string html = page({read_run(real_files(), folder / "long")}, "now");
  EXPECT_LT(html.size(), 200'000u);
}

std::string seeded(int seed, const char* lr) {
  return fmt::format("name: a\nseed: {}\noptimizer:\n  lr: {}\n", seed, lr);
}

TEST(Page, GroupsSeedsAndNamesTheBestConfiguration) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.config = seeded(1, "0.1")});
  make_run(folder / "b", {.config = seeded(2, "0.1")});
  make_run(folder / "c", {.config = seeded(1, "0.2")});
  make_run(folder / "d", {.config = seeded(1, "0.1")});  // again: alone, the seed is the same
  const auto give = [&](const char* run, double val, double test) {
    write_text(folder / run + "/result.json",
               fmt::format(R"({{"ranks": 2, "metrics": {{"val": {{"accuracy": {}}}, "test": )"
                           R"({{"accuracy": {}}}}}}})",
                           val, test));
  };
  give("a", 0.7, 0.6);
  give("b", 0.9, 0.7);
  give("c", 0.85, 0.65);
  give("d", 0.7, 0.6);
  const std::string html = page_of(folder, {"a", "b", "c", "d"});
  // 0.9 is the highest single score; 0.85 beats the mean of 0.7 and 0.9.
  EXPECT_THAT(html, AllOf(HasSubstr("Best of 3: <b>c</b>, val accuracy 85.0 % with "
                                    "<code>optimizer.lr=0.2</code>"),
                          HasSubstr("a (2 seeds)"),
                          HasSubstr("<td>65.0 %</td><td>60.0 %</td>"
                                    "<td>70.0 %</td>"),
                          HasSubstr("band: least to most")));
  EXPECT_THAT(page_of(folder, {"a", "c"}), Not(HasSubstr("seeds")));
}

TEST(Page, ShowsWhatResultsHadCostWhereTheRunStoresIt) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  EXPECT_THAT(page_of(folder, {"a"}), Not(HasSubstr("What it cost")));
  nlohmann::json result = nlohmann::json::parse(real_files().read(folder / "a/result.json"));
  result["course"] = {{"trained_s", 9},    {"step", {10, 20}},         {"score", {0.5, 0.75}},
                      {"seconds", {4, 9}}, {"bytes_sent", {1e6, 3e6}}, {"samples", {400, 900}}};
  write_text(folder / "a/result.json", result.dump());
  const std::string html = page_of(folder, {"a"});
  for (const char* title : {"Loss over time", "Loss over bytes", "Accuracy over time",
                            "Accuracy over bytes", "Throughput"})
    EXPECT_THAT(html, HasSubstr(fmt::format("<figcaption>{}</figcaption>", title)));
  EXPECT_THAT(html, AllOf(HasSubstr("sent by rank 0 (MB)"), HasSubstr("samples per second")));
  // The loss at step 15 lies half way between the evaluations: 6.5 s. The link holds it as CSV.
  EXPECT_THAT(html, HasSubstr("a,%20loss%22,6.5,0.0666667"));
}

}  // namespace
}  // namespace laconic::report::test
