#include "apps/laconic/run/early_stop.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "framework/base/exit_code.hpp"
#include "framework/base/signals.hpp"

namespace laconic {

EarlyStop::EarlyStop() : thread_([this] { wait(); }) {}

EarlyStop::~EarlyStop() {
  over_ = true;
  thread_.join();
}

void EarlyStop::before_end(std::function<void(const std::string&)> call) {
  const std::lock_guard lock(mutex_);
  before_end_ = std::move(call);
}

void EarlyStop::wait() {
  constexpr double look_every_s = 0.02;  // for the end of the wait: a signal wakes it at once
  while (!over_)
    if (const auto signal = wait_for_signal(look_every_s)) end(*signal);
}

void EarlyStop::end(int signal) {
  undisturbed_.try_lock_for(std::chrono::seconds(3));
  const std::lock_guard lock(mutex_);
  const std::string message = fmt::format(
      "{} received before the first step: ended at once, nothing was trained since the start; run "
      "the same command again",
      signal_name(signal));
  if (before_end_) before_end_(message);
  // No destructors: other threads are at work, and MPI may be in a call that never returns.
  std::_Exit(static_cast<int>(ExitCode::stopped));
}

}  // namespace laconic
