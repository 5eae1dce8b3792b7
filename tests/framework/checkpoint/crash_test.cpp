// A crash between any two operations, a disk that forgets what was not synced, a full disk: whoever
// looks afterwards finds the old state or the new one, complete, and the run goes on from there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <set>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/writer.hpp"
#include "tests/framework/base/lying_files.hpp"
#include "tests/framework/base/temporary_folder.hpp"
#include "tests/framework/checkpoint/ranks.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/framework/checkpoint/toy_state.hpp"

namespace laconic {
namespace {

constexpr const char* folder_name = "/checkpoints";

void write(FileSystem& files, const std::string& run, int64_t step, int64_t value, int64_t keep) {
  ToyState state(value);
  state.step = step;
  CheckpointWriter(files, run + folder_name, {}, alone, keep).write(step, state.list(), {});
}

// What a run that starts again finds: the value its state was made from, checked to be unmixed.
int64_t resume(FileSystem& files, const std::string& run) {
  recover_folder(files, run + folder_name);
  ToyState back, expected;
  const Checkpoint loaded = restore(files, run + folder_name, back.list(), {}, alone);
  const auto value = static_cast<int64_t>(back.parameters[0]);
  expected.set(value);
  expected.step = loaded.step();
  EXPECT_EQ(back, expected) << "a mixture";
  return value;
}

// Does `work`, in a child, pass so many fault points? It is killed at that one; if it has fewer, it
// must end well.
bool is_killed_at(int64_t passage, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("LACONIC_FAULT", fmt::format("*:{}", passage).c_str(), 1);
    work();
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  const bool killed = WIFSIGNALED(status);
  if (killed) {
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  } else {
    EXPECT_EQ(status, 0);
  }
  return killed;
}

// Old and new state as (step, value): a later step, and the same step replaced.
struct Case {
  int64_t old_step, new_step, keep;
};
const Case cases[] = {{10, 20, 1}, {10, 20, 2}, {10, 10, 1}};

class CrashTest : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(LaterAndSameStep, CrashTest, testing::ValuesIn(cases));

TEST_P(CrashTest, AProcessKilledAtAnyFaultPointLeavesTheOldOrTheNewState) {
  std::set<int64_t> found;
  int64_t passage = 1;
  for (bool killed = true; killed; ++passage) {
    ASSERT_LT(passage, 100);
    const TemporaryFolder run;
    write(real_files(), run.path(), GetParam().old_step, 1, GetParam().keep);
    killed = is_killed_at(
        passage, [&] { write(real_files(), run.path(), GetParam().new_step, 2, GetParam().keep); });
    const int64_t value = resume(real_files(), run.path());
    EXPECT_TRUE(value == 1 || value == 2) << value;
    if (!killed) {
      EXPECT_EQ(value, 2);
    }
    found.insert(value);
    // The run goes on, and leaves nothing behind of the crash.
    write(real_files(), run.path(), 30, 3, GetParam().keep);
    EXPECT_EQ(resume(real_files(), run.path()), 3);
    for (const std::string& name : real_files().list(run / "checkpoints"))
      EXPECT_NE(name[0], '.') << name;
  }
  EXPECT_EQ(found, (std::set<int64_t>{1, 2}));
  EXPECT_GE(passage, 18) << "fault points are gone";
}

// A state of two ranks, of which a part is theirs alone.
void write_two(const std::string& run, int64_t step, float value) {
  Ranks(2).run([&](Shard shard, const Agree& agree) {
    RankState state;
    state.parameters.assign(16, value);
    state.residual.assign(4, value);
    state.own = {static_cast<int64_t>(value) + shard.index};
    CheckpointWriter(real_files(), run + folder_name, shard, agree, 2)
        .write(step, state.list(true), {});
  });
}

TEST(CrashOfTwoRanks, AtAnyFaultPointOfEitherLeavesTheOldOrTheNewState) {
  std::set<float> found;
  int64_t passage = 1;
  for (bool killed = true; killed; ++passage) {
    ASSERT_LT(passage, 100);
    const TemporaryFolder run;
    write_two(run.path(), 10, 1);
    killed = is_killed_at(passage, [&] { write_two(run.path(), 20, 2); });
    recover_folder(real_files(), run / "checkpoints");
    Ranks(2).run([&](Shard shard, const Agree& agree) {
      RankState back;
      restore(real_files(), run / "checkpoints", back.list(true), shard, agree);
      const float value = back.parameters[0];
      EXPECT_EQ(back.parameters, std::vector<float>(16, value));
      EXPECT_EQ(back.residual, std::vector<float>(4, value));
      EXPECT_EQ(back.own[0], static_cast<int64_t>(value) + shard.index) << "a mixture";
      if (shard.index == 0) found.insert(value);
      if (!killed) {
        EXPECT_EQ(value, 2);
      }
    });
  }
  EXPECT_EQ(found, (std::set<float>{1, 2}));
  EXPECT_GE(passage, 22) << "fault points are gone";
}

TEST_P(CrashTest, APowerCutAtAnyCallLosesNothingThatWasSynced) {
  for (const Loses loses : {Loses::everything_unsynced, Loses::bytes_only}) {
    std::set<int64_t> found;
    bool cut = true;
    for (int64_t call = 0; cut; ++call) {
      LyingFiles files;
      files.make_directories("/run");
      write(files, "/run", GetParam().old_step, 1, GetParam().keep);
      files.calls = 0;
      files.fail_call = call;
      try {
        write(files, "/run", GetParam().new_step, 2, GetParam().keep);
        cut = false;
      } catch (const PowerCut&) {
      }
      files.crash(loses);
      const int64_t value = resume(files, "/run");
      EXPECT_TRUE(value == 1 || value == 2) << value;
      if (!cut) {
        EXPECT_EQ(value, 2) << "a checkpoint reported as written is gone";
      }
      found.insert(value);
    }
    EXPECT_EQ(found, (std::set<int64_t>{1, 2}));
  }
}

TEST_P(CrashTest, AFailureOfAnyCallIsReportedAndLeavesAUsableState) {
  for (const auto how : {LyingFiles::How::no_space, LyingFiles::How::io_error}) {
    bool failed = true;
    for (int64_t call = 0; call < 100; ++call) {
      LyingFiles files;
      files.make_directories("/run");
      write(files, "/run", GetParam().old_step, 1, GetParam().keep);
      files.calls = 0;
      files.fail_call = call;
      files.how = how;
      std::string message;
      try {
        write(files, "/run", GetParam().new_step, 2, GetParam().keep);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io);
        message = error.what();
      }
      failed = files.calls > call;  // was the call reached at all?
      if (!failed) break;
      const int64_t value = resume(files, "/run");
      if (message.empty()) {  // only tidying up may fail in silence (a warning)
        EXPECT_EQ(value, 2) << call;
      } else {
        EXPECT_NE(message.find(how == LyingFiles::How::no_space ? "No space left" : "Input/output"),
                  message.npos)
            << message;
        EXPECT_NE(message.find("/run"), message.npos) << message;
        EXPECT_TRUE(value == 1 || value == 2) << value;
      }
      // Once there is room again, the next one succeeds.
      write(files, "/run", 30, 3, GetParam().keep);
      EXPECT_EQ(resume(files, "/run"), 3);
    }
    EXPECT_FALSE(failed) << "the write never ended";
  }
}

TEST(CrashOfTheFirstCheckpoint, LeavesNoneOrAWholeOne) {
  bool cut = true;
  for (int64_t call = 0; cut; ++call) {
    LyingFiles files;
    files.make_directories("/run");
    files.calls = 0;
    files.fail_call = call;
    try {
      write(files, "/run", 10, 1, 2);
      cut = false;
    } catch (const PowerCut&) {
    }
    files.crash(Loses::everything_unsynced);
    try {
      EXPECT_EQ(resume(files, "/run"), 1);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::no_checkpoint);
      EXPECT_TRUE(cut);
    }
  }
}

}  // namespace
}  // namespace laconic
