// A stop signal before the first step: the process ends at once, but not within a call that must
// not be disturbed, unless that call does not return.
#include "apps/laconic/run/early_stop.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include "framework/base/exit_code.hpp"
#include "framework/base/signals.hpp"

namespace laconic {
namespace {

void signal_and_sleep(double seconds) {
  kill(getpid(), SIGTERM);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  std::fputs("slept", stderr);
}

// Runs `act` in a process of its own, which must end as stopped, with `printed` on stderr.
void expect_stopped(const char* printed, const std::function<void(EarlyStop&)>& act) {
  const auto all = [&] {
    block_stop_signals();
    EarlyStop early_stop;
    act(early_stop);
  };
  EXPECT_EXIT(all(), testing::ExitedWithCode(static_cast<int>(ExitCode::stopped)), printed);
}

TEST(EarlyStop, EndsTheProcessAtOnce) {
  expect_stopped("^$", [](EarlyStop&) { signal_and_sleep(20); });
}

TEST(EarlyStop, WaitsForACallThatMustNotBeDisturbed) {
  expect_stopped("^slept$", [](EarlyStop& early_stop) {
    early_stop.undisturbed([] { signal_and_sleep(0.2); });
    signal_and_sleep(20);
  });
}

TEST(EarlyStop, DoesNotWaitForever) {
  expect_stopped(
      "^$", [](EarlyStop& early_stop) { early_stop.undisturbed([] { signal_and_sleep(20); }); });
}

}  // namespace
}  // namespace laconic
