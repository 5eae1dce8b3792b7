// A stop signal before the first step: the process ends at once, but not within a call that must
// not be disturbed, unless that call does not return.
#include "apps/laconic/run/early_stop.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>

#include "framework/base/exit_code.hpp"
#include "framework/base/signals.hpp"

namespace laconic {
namespace {

using testing::ExitedWithCode;
constexpr int stopped = static_cast<int>(ExitCode::stopped);

void signal_and_sleep(double seconds) {
  kill(getpid(), SIGTERM);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  std::fputs("slept", stderr);
}

TEST(EarlyStop, EndsTheProcessAtOnce) {
  const auto act = [] {
    block_stop_signals();
    EarlyStop early_stop;
    signal_and_sleep(20);
  };
  EXPECT_EXIT(act(), ExitedWithCode(stopped), "^$");
}

TEST(EarlyStop, WaitsForACallThatMustNotBeDisturbed) {
  const auto act = [] {
    block_stop_signals();
    EarlyStop early_stop;
    early_stop.undisturbed([] { signal_and_sleep(0.2); });
    std::this_thread::sleep_for(std::chrono::seconds(20));
    std::fputs("and went on", stderr);
  };
  EXPECT_EXIT(act(), ExitedWithCode(stopped), "^slept$");
}

TEST(EarlyStop, DoesNotWaitForever) {
  const auto act = [] {
    block_stop_signals();
    EarlyStop early_stop;
    early_stop.undisturbed([] { signal_and_sleep(20); });
  };
  EXPECT_EXIT(act(), ExitedWithCode(stopped), "^$");
}

}  // namespace
}  // namespace laconic
