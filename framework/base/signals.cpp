#include "framework/base/signals.hpp"

#include <signal.h>

#include <cerrno>
#include <system_error>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

void change_mask(int how) {
  const sigset_t set = stop_signals();
  const int error = pthread_sigmask(how, &set, nullptr);
  LACONIC_CHECK(error == 0, "pthread_sigmask: {}", std::generic_category().message(error));
}

}  // namespace

void block_stop_signals() {
  change_mask(SIG_BLOCK);
}

void unblock_stop_signals() {
  change_mask(SIG_UNBLOCK);
}

std::optional<int> poll_signal() {
  const sigset_t set = stop_signals();
  const timespec now{};
  int signal = sigtimedwait(&set, nullptr, &now);
  while (signal == -1 && errno == EINTR) signal = sigtimedwait(&set, nullptr, &now);
  if (signal == -1) return std::nullopt;
  return signal;
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "unknown signal";
  }
}

}  // namespace laconic
