// The pictures and the page: only numbers reach gnuplot, only text reaches the page.
#include "apps/laconic/report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "apps/laconic/report/curves.hpp"
#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/plot.hpp"
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

// For the life of the object there is no gnuplot to be found.
class WithoutGnuplot {
 public:
  WithoutGnuplot() : path_(std::getenv("PATH")) { ::setenv("PATH", "/nowhere", 1); }
  ~WithoutGnuplot() { ::setenv("PATH", path_.c_str(), 1); }

 private:
  std::string path_;
};

#define NEEDS_GNUPLOT() \
  if (!run_gnuplot("")) GTEST_SKIP() << "gnuplot is not installed"

Line line_of(std::vector<double> values) {
  Curve curve;
  for (size_t i = 0; i < values.size(); ++i) curve.steps.push_back(static_cast<double>(i));
  curve.values = std::move(values);
  return {.points = thin(curve, 100)};
}

TEST(Plot, IsAnElementOfThePageWithThePagesColours) {
  NEEDS_GNUPLOT();
  Line line = line_of({1, 2, 3, 2});
  line.series = 300;
  line.marked = true;
  const std::string svg = draw({line}, "a < b").value();
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>"));
  EXPECT_THAT(svg, AllOf(HasSubstr("var(--s300)"), HasSubstr("var(--grid)"), HasSubstr("a &lt; b"),
                         HasSubstr("href='#dot'")));
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("rgb(")), Not(HasSubstr("id=")), Not(HasSubstr("http")),
                         Not(HasSubstr("xlink")), Not(HasSubstr("<title>"))));
}

TEST(Plot, DrawsConstantsSinglePointsAndHolesWithoutComplaint) {
  NEEDS_GNUPLOT();
  const double nan = std::nan("");
  for (const std::vector<double>& values :
       {std::vector<double>{5, 5, 5}, {0}, {1, nan, 2}, {-1e300, 1e300}, {1e-300, 1}})
    EXPECT_THAT(draw({line_of(values)}, "x").value(), HasSubstr("var(--s0)"));
  EXPECT_FALSE(draw({line_of({nan, nan})}, "x").has_value());
  EXPECT_FALSE(draw({}, "x").has_value());
}

TEST(Plot, TakesALogarithmicAxisWhereValuesSpanDecades) {
  EXPECT_THAT(plot_script({line_of({1, 1000})}), HasSubstr("logscale"));
  EXPECT_THAT(plot_script({line_of({1, 2})}), Not(HasSubstr("logscale")));
  EXPECT_THAT(plot_script({line_of({-1, 1000})}), Not(HasSubstr("logscale")));
}

TEST(Gnuplot, FailsWithItsOwnWords) {
  NEEDS_GNUPLOT();
  try {
    run_gnuplot("no such command\n");
    FAIL() << "accepted nonsense";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::environment);
    EXPECT_THAT(error.what(), HasSubstr("invalid command"));
  }
}

TEST(Page, ShowsOneRunWithItsCurvesTimeBytesAndConfiguration) {
  NEEDS_GNUPLOT();
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
  if (!run_gnuplot("")) return;
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
  if (run_gnuplot("")) {
    EXPECT_THAT(html, HasSubstr("loss not finite 1 of 4 times, first at step 4"));
  }
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
  NEEDS_GNUPLOT();
  const TemporaryFolder folder;
  make_run(folder / "long", {.steps = 30000});
  const std::string html = page({read_run(real_files(), folder / "long")}, "now");
  EXPECT_LT(html.size(), 200'000u);
}

TEST(Page, SaysWhatToInstallForCurvesAndHoldsTheRest) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  const WithoutGnuplot without;
  const std::string html = page({read_run(real_files(), folder / "a")}, "now");
  EXPECT_THAT(html, AllOf(HasSubstr(gnuplot_package), HasSubstr("71.0 %"), HasSubstr("10.0 s"),
                          Not(HasSubstr("<svg"))));
}

}  // namespace
}  // namespace laconic::report::test
