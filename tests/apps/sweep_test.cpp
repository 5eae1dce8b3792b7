// A sweep's file becomes the same table for ever; what is wrong with it is told with its position;
// the table cannot be changed afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "apps/laconic/sweep/draws.hpp"
#include "apps/laconic/sweep/launch.hpp"
#include "apps/laconic/sweep/queue.hpp"
#include "apps/laconic/sweep/status.hpp"
#include "apps/laconic/sweep/sweep_folder.hpp"
#include "framework/base/child.hpp"
#include "framework/config/problem.hpp"
#include "tests/apps/run/results.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::test {
namespace {

using sweep::read_sweep;
using sweep::SweepFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> rows_of(const std::string& text) {
  std::vector<std::string> result;
  for (const sweep::Row& row : read_sweep("base: b.yaml\n" + text, "s.yaml").rows) {
    std::string line;
    for (const sweep::Setting& s : row)
      line += fmt::format("{}{}={}", line.empty() ? "" : " ", s.path, s.text);
    result.push_back(line);
  }
  return result;
}

std::string error_of(const std::string& text) {
  try {
    read_sweep(text, "s.yaml");
  } catch (const config::ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(SweepFile, MultipliesGridListAndRandom) {
  EXPECT_THAT(rows_of(""), ElementsAre(""));
  EXPECT_THAT(rows_of("grid: {seed: [1, 2], optimizer.lr: [0.1, 1e-2]}"),
              ElementsAre("seed=1 optimizer.lr=0.1", "seed=1 optimizer.lr=1e-2",
                          "seed=2 optimizer.lr=0.1", "seed=2 optimizer.lr=1e-2"));
  EXPECT_THAT(rows_of("list:\n  - {seed: 1}\n  - {name: \"a, b\", model.channels: [8, \"x\", 4]}"),
              ElementsAre("seed=1", "name=\"a, b\" model.channels=[8, x, 4]"));
  const auto rows = rows_of(
      "grid: {seed: [1, 2]}\nrandom: {trials: 3, keys: {optimizer.lr: {log_uniform: [1e-4, 1]}}}");
  ASSERT_EQ(rows.size(), 6u);
  for (int i = 0; i < 3; ++i)  // the same draws beside each value of the grid
    EXPECT_EQ(rows[i].substr(6), rows[i + 3].substr(6));
}

TEST(SweepFile, DrawsAreAFunctionOfSeedKeyAndRow) {
  const std::string keys = "keys: {optimizer.lr: {log_uniform: [1e-4, 1]}";
  const auto one = rows_of("random: {trials: 5, seed: 3, " + keys + "}}");
  EXPECT_EQ(one, rows_of("random: {trials: 5, seed: 3, " + keys + "}}"));
  EXPECT_NE(one, rows_of("random: {trials: 5, seed: 4, " + keys + "}}"));
  // More trials and more keys change none of them.
  const auto more = rows_of("random: {trials: 9, seed: 3, " + keys + ", seed: {integer: [1, 9]}}}");
  for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(more[i].find(one[i] + " "), 0u);
  // Pinned: a sweep that is planned next year has these trials.
  EXPECT_THAT(one[0], HasSubstr("optimizer.lr="));
}

TEST(Draws, StayInTheirRanges) {
  using sweep::Draw;
  std::set<std::string> seen;
  for (int64_t row = 0; row < 500; ++row) {
    const double u = std::stod(Draw{Draw::Kind::uniform, -1, 2, 0, 0, {}}.value(1, "k", row));
    EXPECT_TRUE(u >= -1 && u <= 2) << u;
    const double l =
        std::stod(Draw{Draw::Kind::log_uniform, 1e-5, 10, 0, 0, {}}.value(1, "k", row));
    EXPECT_TRUE(l >= 1e-5 && l <= 10) << l;
    seen.insert(Draw{Draw::Kind::integer, 0, 0, -1, 2, {}}.value(1, "k", row));
    seen.insert(Draw{Draw::Kind::choice, 0, 0, 0, 0, {"a", "b"}}.value(1, "k", row));
  }
  EXPECT_THAT(seen, ElementsAre("-1", "0", "1", "2", "a", "b"));
}

TEST(SweepFile, MistakesHavePositions) {
  struct Case {
    const char *text, *message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", "base is required"},
           {"grid: {seed: [1]}", "s.yaml:1:1: base: required"},
           {"base: b\ngird: {seed: [1]}", "s.yaml:2:1: gird: unknown key; did you mean grid?"},
           {"base: b\njobs: 0", "s.yaml:2:7: jobs: value 0 is out of range"},
           {"base: b\ngrid: {seed: 1}", "s.yaml:2:14: seed: must be a list of values"},
           {"base: b\ngrid: {seed: []}", "seed: must be a list of values"},
           {"base: b\ngrid: {optimizer: [{lr: 1}]}", "s.yaml:2:20: optimizer: must be a value"},
           {"base: b\ngrid: {seed: [1], seed: [2]}", "s.yaml:2:19"},
           {"base: b\ngrid: {seed: [1]}\nlist: [{seed: 2}]",
            "s.yaml:3:9: seed: is in grid already"},
           {"base: b\ngrid: {run.dir: [a]}", "every trial has a run folder of its own"},
           {"base: b\nlist: {seed: 2}", "list: must be a list of rows"},
           {"base: b\nlist: [3]", "s.yaml:2:8: list: must be a row"},
           {"base: b\nrandom: {trials: 2}", "random.keys: required"},
           {"base: b\nrandom: {keys: {seed: {integer: [9, 1]}}}", "the lower first"},
           {"base: b\nrandom: {keys: {seed: {integer: [1, 2.5]}}}", "whole numbers"},
           {"base: b\nrandom: {keys: {a: {log_uniform: [0, 1]}}}", "above 0"},
           {"base: b\nrandom: {keys: {a: {normal: [0, 1]}}}", "must be one of {uniform"},
           {"base: b\nrandom: {keys: {a: {uniform: [.nan, 1]}}}", "two numbers"},
           {"base: b\nrandom: {trials: 1000000, keys: {a: {uniform: [0, 1]}}}", "1000000 trials"},
           {"base: [b", "s.yaml:"},
           {"base: b\ngrid: {seed: &a [*a]}", "s.yaml:2"}})
    EXPECT_THAT(error_of(c.text), HasSubstr(c.message)) << c.text;
  // All of them at once.
  const std::string both = error_of("base: b\njobs: 0\nlist: [3]");
  EXPECT_THAT(both, HasSubstr("jobs"));
  EXPECT_THAT(both, HasSubstr("list"));
}

TEST(SweepFile, AProductTooLargeIsRefusedBeforeItIsMade) {
  std::string values = "[1";
  for (int i = 0; i < 999; ++i) values += ",1";
  values += "]";
  std::string text = "base: b\ngrid: {";
  for (const char* key : {"a", "b", "c", "d", "e", "f"})
    text += fmt::format("{}: {}, ", key, values);
  EXPECT_THAT(error_of(text + "}"), HasSubstr("allowed: 10000"));
}

TEST(SweepFile, HostileFilesEndInAnErrorWithAPosition) {
  const std::string good =
      "base: b\ngrid: {seed: [1, 2]}\nlist:\n  - {name: x}\nrandom: {trials: 2, keys: {a: {choice: "
      "[1, y]}}}\n";
  ASSERT_EQ(error_of(good), "");
  int refused = 0;
  for (size_t i = 0; i < good.size(); ++i)
    for (const char* put : {"[", "}", ":", "\t", "\n", "- ", "*a", "\"", "\xff"}) {
      std::string text = good;
      text.replace(i, 1, put);
      const std::string error = error_of(text);
      refused += !error.empty();
      EXPECT_TRUE(error.empty() || error.find("s.yaml:") != error.npos) << text << error;
    }
  EXPECT_GT(refused, 300);
}

class SweepFolderTest : public ::testing::Test {
 protected:
  SweepFolderTest() { write("base.yaml", "data: {source: {format: planted}}\n"); }
  void write(const std::string& name, const std::string& text) {
    write_atomically(real_files(), folder_ / name, text);
  }
  SweepFolder plan(const std::string& text) {
    return SweepFolder::plan(real_files(), read_sweep(text, folder_ / "s.yaml"), text);
  }
  std::string error(const std::string& text) {
    try {
      plan(text);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(SweepFolderTest, IsPlannedOnceAndNeverChanges) {
  const std::string text = "base: base.yaml\nfolder: out\ngrid: {seed: [1, 2]}\n";
  EXPECT_EQ(plan(text).trials().size(), 2u);
  EXPECT_EQ(plan(text).trials()[1].settings, "seed=2");
  EXPECT_THAT(error("base: base.yaml\nfolder: out\ngrid: {seed: [1, 3]}\n"),
              HasSubstr("planned already"));
  write("base.yaml", "data: {source: {format: planted}}\noptimizer: {lr: 0.5}\n");
  EXPECT_THAT(error(text), HasSubstr("planned already"));
  const SweepFolder open = SweepFolder::open(real_files(), folder_ / "out");
  EXPECT_THAT(real_files().read(open.config(1)), HasSubstr("seed: 2"));
  write("out/trials/1.yaml", real_files().read(open.config(1)) + "# a word\n");
  EXPECT_THROW(SweepFolder::open(real_files(), folder_ / "out"), Error);
}

TEST_F(SweepFolderTest, EveryTrialIsCheckedBeforeAnythingIsWritten) {
  const std::string message = error(
      "base: base.yaml\nfolder: out\ngrid:\n  seed: [1, 2]\n  optimizer.lr: [0.1, -1]\nlist:\n  - "
      "{modle.kind: gcn}\n");
  EXPECT_THAT(message, HasSubstr("s.yaml:5:23: optimizer.lr"));
  EXPECT_THAT(message, HasSubstr("modle.kind: unknown key"));
  EXPECT_EQ(message.find("optimizer.lr"), message.rfind("optimizer.lr: value"));  // told once
  EXPECT_FALSE(real_files().exists(folder_ / "out"));
}

TEST_F(SweepFolderTest, ATrialStandsAsItsRunFolderSays) {
  const SweepFolder sweep =
      plan("base: base.yaml\nfolder: out\ngrid: {seed: [0, 1, 2, 3, 4, 5]}\n");
  const auto put = [&](int64_t trial, RunStatus status, ProcessIdentity owner) {
    real_files().make_directories(sweep.run(trial));
    Outcome outcome;
    outcome.status = status;
    outcome.process = owner;
    write_outcome(real_files(), sweep.run(trial), outcome);
  };
  const ProcessIdentity me = this_process(), dead{me.host, me.pid, me.start_ticks + 1};
  put(1, RunStatus::running, me);
  put(2, RunStatus::running, dead);
  put(3, RunStatus::completed, dead);
  put(4, RunStatus::stopped, dead);
  put(5, RunStatus::failed, dead);
  std::vector<std::string> states;
  for (int64_t i = 0; i < 6; ++i) states.push_back(state_name(sweep.standing(i).state));
  EXPECT_THAT(states, ElementsAre("waiting", "running", "killed", "done", "stopped", "failed"));
  EXPECT_THAT(sweep.unfinished(false), ElementsAre(0, 2, 4));
  EXPECT_THAT(sweep.unfinished(true), ElementsAre(0, 2, 4, 5));
}

TEST_F(SweepFolderTest, StatusShowsTheFigureThatTrialsAreJudgedBy) {
  const SweepFolder sweep = plan("base: base.yaml\nfolder: out\ngrid: {seed: [0, 1, 2]}\n");
  const auto finish = [&](int64_t trial, const std::string& result) {
    real_files().make_directories(sweep.run(trial));
    Outcome outcome;
    outcome.status = RunStatus::completed;
    write_outcome(real_files(), sweep.run(trial), outcome);
    write_atomically(real_files(), sweep.run(trial) + "/result.json", result);
  };
  const auto table = [&] { return sweep::status_of(real_files(), sweep).table; };
  EXPECT_THAT(table(), HasSubstr("         score  settings\n"));
  finish(0, old_result().dump());
  EXPECT_THAT(table(), HasSubstr("  val accuracy  settings\n"));
  EXPECT_THAT(table(), HasSubstr("done            0        0.7500  seed=0\n"));
  finish(0, other_result(3.12e-7).dump());
  EXPECT_THAT(table(), HasSubstr("         error  settings\n"));
  EXPECT_THAT(table(), HasSubstr("done            0      3.12e-07  seed=0\n"));
  finish(1, old_result().dump());  // another figure than trial 0
  finish(2, "{");
  EXPECT_THAT(table(), HasSubstr("         score  settings\n"));
  EXPECT_THAT(table(), HasSubstr("done            0                seed=2\n"));
}

TEST_F(SweepFolderTest, WhatSlurmHasAlreadyIsKnownByItsCommand) {
  const SweepFolder sweep = plan("base: base.yaml\nfolder: out\ngrid: {seed: [0, 1, 2, 3]}\n");
  const std::string& out = sweep.path();
  const auto array = [](int64_t index, const std::string& folder) {
    return fmt::format("{} /home/me/slurm/sweep_array.sbatch {}\n", index, folder);
  };
  const auto pack = [](const std::string& folder) {
    return fmt::format("N/A /home/me/slurm/sweep_pack.sbatch {} 4 2\n", folder);
  };
  EXPECT_THAT(queued_in("", sweep), ElementsAre());
  EXPECT_THAT(queued_in(array(3, out) + array(1, out), sweep), ElementsAre(1, 3));
  EXPECT_THAT(
      queued_in("N/A /bin/other " + out + "\n" + array(1, out + "2") + pack(out + "2"), sweep),
      ElementsAre());
  EXPECT_THAT(queued_in(array(1, out) + pack(out), sweep), ElementsAre(0, 1, 2, 3));
}

TEST(Launch, TellsHowAProgramEnded) {
  TemporaryFolder folder;
  EXPECT_EQ(wait_for(sweep::launch({"sh", "-c", "echo hello; exit 3"}, folder / "log")), 3);
  EXPECT_EQ(real_files().read(folder / "log"), "hello\n");
  EXPECT_EQ(wait_for(sweep::launch({"sh", "-c", "kill -9 $$"}, folder / "log")), 137);
  EXPECT_THROW(sweep::launch({"no-such-program-here"}, folder / "log"), Error);
}

}  // namespace
}  // namespace laconic::test
