// Reading run folders: whatever state a run was left in, the rest of it is still told.
#include "apps/laconic/report/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/apps/report/run_folders.hpp"

namespace laconic::report::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReadRun, TakesCurvesConfigurationStatusAndResult) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.status, "completed");
  EXPECT_EQ(run.step, 20);
  EXPECT_EQ(run.config.at("model.hidden").value, "16");
  EXPECT_FALSE(run.config.at("model.hidden").is_default);
  EXPECT_TRUE(run.config.at("model.kind").is_default);
  EXPECT_EQ(run.curves.at("loss").values.size(), 20u);
  EXPECT_EQ(run.curves.at("loss").values[1], 0.5);
  EXPECT_THAT(run.curves.at("val/accuracy").steps, ElementsAre(20));
  EXPECT_EQ(run.figure("time_s/forward"), 4);
  EXPECT_TRUE(std::isnan(run.figure("time_s/evaluate")));
  EXPECT_THAT(run.notes, IsEmpty());
}

TEST(ReadRun, KeepsWhatStandsBeforeALineThatWasCutOff) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.more_metrics = "{\"step\":21,\"loss\":0.0"});
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.step, 20);
  EXPECT_THAT(run.notes, ElementsAre(HasSubstr("line 22, the last, is cut off")));
}

TEST(ReadRun, LeavesOutUnreadableLinesAndSaysSo) {
  const TemporaryFolder folder;
  make_run(folder / "a",
           {.more_metrics = "\xFF\x01\n[1]\n{\"loss\":3}\n{\"step\":30,\"loss\":2}\n"});
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.step, 30);
  EXPECT_THAT(run.notes,
              ElementsAre(HasSubstr("3 unreadable lines left out, the first is line 22")));
}

TEST(ReadRun, SeesValuesThatAreNotFinite) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.more_metrics = "{\"step\":21,\"loss\":null}\n"});
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.curves.at("loss").not_finite(), 1);
  EXPECT_TRUE(std::isnan(run.curves.at("loss").values.back()));
}

TEST(ReadRun, TellsARunningProcessFromADeadOne) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.status = RunStatus::running, .result = false});
  EXPECT_EQ(read_run(real_files(), folder / "a").status, "running");
  Outcome outcome;
  outcome.process = this_process();
  outcome.process.start_ticks += 1;  // another process had this number
  write_outcome(real_files(), folder / "a", outcome);
  EXPECT_EQ(read_run(real_files(), folder / "a").status, "killed");
}

TEST(ReadRun, TakesTheFiguresOfAnUnfinishedRunFromItsNewestSoundCheckpoint) {
  const TemporaryFolder folder;
  make_run(folder / "a", {.result = false});
  make_checkpoint(folder / "a", 10);
  make_checkpoint(folder / "a", 20);
  report::Run run = read_run(real_files(), folder / "a");
  EXPECT_TRUE(run.from_checkpoint);
  EXPECT_EQ(run.figure("steps"), 20);
  EXPECT_EQ(run.figure("time_s/total"), 20);
  EXPECT_EQ(run.figure("time_s/forward"), 1);  // rank 0's
  EXPECT_EQ(run.figure("time_over_ranks_s/forward/max"), 3);
  EXPECT_EQ(run.figure("comm/bytes_sent/mean"), 200);
  write_text(folder / "a/checkpoints/step-20/manifest.json", "{");
  run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.figure("steps"), 10);
}

TEST(ReadRun, TakesMonitorFiguresAndPhasesOfAnUnfinishedRunFromItsCheckpoint) {
  const TemporaryFolder folder;
  make_other_run(folder / "a", 0.001, false);
  EXPECT_EQ(read_run(real_files(), folder / "a").score.monitor.name, "");  // nobody knows yet
  const nlohmann::json result = laconic::test::other_result();
  nlohmann::json attributes;
  for (const char* key : {"monitor", "better", "figures", "phases"}) attributes[key] = result[key];
  nlohmann::json rank = rank_figures(1, 100);
  rank["phases"] = {{"iterate", 2.0}, {"agree", 1.0}};
  attributes["ranks"] = {rank, rank};
  make_checkpoint(folder / "a", 100000, attributes);
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_EQ(run.score.monitor, (FigureSpec{"error", "m", Better::lower}));
  EXPECT_EQ(run.figure("time_s/iterate"), 2);
  EXPECT_EQ(run.figure("shares/exchange_exposed"), 0.05);
  EXPECT_TRUE(std::isnan(run.figure("time_s/forward")));
}

TEST(ReadRun, KnowsTheFiguresOfOlderRuns) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  EXPECT_EQ(read_run(real_files(), folder / "a").score.reported[0].name, "test/accuracy");
  make_run(folder / "b", {.status = RunStatus::running, .result = false});
  EXPECT_EQ(read_run(real_files(), folder / "b").score.monitor.name, "val/accuracy");
}

TEST(ReadRun, SurvivesDamageOfEveryFile) {
  const TemporaryFolder folder;
  make_run(folder / "a");
  for (const char* name : {"outcome.json", "config.yaml", "metrics.jsonl", "result.json"})
    write_text(fmt::format("{}/a/{}", folder.path(), name), "\x80{[: \"\n");
  const report::Run run = read_run(real_files(), folder / "a");
  EXPECT_GE(run.notes.size(), 4u);
  EXPECT_TRUE(run.curves.empty());
}

TEST(ReadRun, KnowsWhatIsNoRun) {
  const TemporaryFolder folder;
  EXPECT_FALSE(is_run(real_files(), folder.path()));
  write_text(folder / "outcome.json", "");
  EXPECT_TRUE(is_run(real_files(), folder.path()));
}

}  // namespace
}  // namespace laconic::report::test
