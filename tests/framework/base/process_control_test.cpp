// Stop signals and fault points, each in a child process: both change the process they act in.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "framework/base/error.hpp"
#include "framework/base/fault.hpp"
#include "framework/base/signals.hpp"

namespace laconic {
namespace {

// The wait status of a child that ran `work` and ended with its result.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(Signals, WaitUntilTheyArePolledAndComeOneByOne) {
  EXPECT_EQ(in_child([] {
              block_stop_signals();
              if (poll_signal()) return 1;
              for (const int signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP}) {
                ::kill(::getpid(), signal);
                if (poll_signal() != signal) return 2;
              }
              ::kill(::getpid(), SIGTERM);
              ::kill(::getpid(), SIGUSR1);
              if (!poll_signal() || !poll_signal()) return 3;
              return poll_signal() ? 4 : 0;
            }),
            0);
}

TEST(Signals, AreBlockedInThreadsStartedLaterAndReadFromAnotherThread) {
  EXPECT_EQ(in_child([] {
              block_stop_signals();
              std::thread([] { ::kill(::getpid(), SIGTERM); }).join();
              return poll_signal() == SIGTERM ? 0 : 1;
            }),
            0);
}

TEST(Signals, SurviveALibraryThatReplacesHandlers) {
  EXPECT_EQ(in_child([] {
              block_stop_signals();
              ::signal(SIGTERM, SIG_DFL);
              ::kill(::getpid(), SIGTERM);
              return poll_signal() == SIGTERM ? 0 : 1;
            }),
            0);
}

TEST(Signals, KillAProcessThatDidNotBlockThem) {  // the control of the tests above
  const int status = in_child([] {
    ::kill(::getpid(), SIGTERM);
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

TEST(Signals, KillOnceUnblockedWhatWasPending) {
  const int status = in_child([] {
    block_stop_signals();
    ::kill(::getpid(), SIGTERM);
    unblock_stop_signals();
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

TEST(Signals, HaveNames) {
  EXPECT_STREQ(signal_name(SIGUSR1), "SIGUSR1");
  EXPECT_STREQ(signal_name(SIGTERM), "SIGTERM");
}

// How many of five passages of "a" and "b" in turn the process survives.
int survived(const char* setting) {
  int passages[2];
  EXPECT_EQ(::pipe(passages), 0);
  const int status = in_child([&] {
    if (setting != nullptr) ::setenv("LACONIC_FAULT", setting, 1);
    for (const char* name : {"a", "b", "a", "b", "a"}) {
      try {
        fault_point(name);
      } catch (const Error&) {
        return 78;
      }
      [[maybe_unused]] const ssize_t written = ::write(passages[1], "x", 1);
    }
    return 0;
  });
  ::close(passages[1]);
  char text[8];
  const ssize_t count = ::read(passages[0], text, sizeof text);
  ::close(passages[0]);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 78) return -1;
  if (WIFSIGNALED(status)) {
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
  }
  return static_cast<int>(count);
}

TEST(FaultPoint, KillsAtTheChosenPassageOnly) {
  EXPECT_EQ(survived(nullptr), 5);
  EXPECT_EQ(survived("c"), 5);
  EXPECT_EQ(survived("a"), 0);
  EXPECT_EQ(survived("b"), 1);
  EXPECT_EQ(survived("a:2"), 2);
  EXPECT_EQ(survived("b:3"), 5);
  EXPECT_EQ(survived("*:4"), 3);
  EXPECT_EQ(survived("*:6"), 5);
}

TEST(FaultPoint, RefusesACountThatIsNone) {
  for (const char* setting : {"a:", "a:x", "a:0", "a:1x"})
    EXPECT_EQ(survived(setting), -1) << setting;
}

}  // namespace
}  // namespace laconic
