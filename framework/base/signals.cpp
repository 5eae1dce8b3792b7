#include "framework/base/signals.hpp"

#include <signal.h>

#include <cerrno>
#include <system_error>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t heeded_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP}) {
    // A shell without job control ignores SIGINT and SIGQUIT in a command that ends in '&'. The
    // user has not requested this, so a SIGINT that is sent to such a process counts.
    if (is_ignored(signal) && !(signal == SIGINT && is_ignored(SIGQUIT))) continue;
    sigaddset(&set, signal);
  }
  return set;
}

// Returns the stop signals as they were at the first call, since libraries change dispositions.
const sigset_t& stop_signals() {
  static const sigset_t set = heeded_signals();
  return set;
}

void change_mask(int how) {
  const sigset_t& set = stop_signals();
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

std::optional<int> wait_for_signal(double seconds) {
  const sigset_t& set = stop_signals();
  const auto whole = static_cast<time_t>(seconds);
  const timespec time{whole, static_cast<long>(1e9 * (seconds - static_cast<double>(whole)))};
  int signal = sigtimedwait(&set, nullptr, &time);
  while (signal == -1 && errno == EINTR) signal = sigtimedwait(&set, nullptr, &time);
  if (signal == -1) return std::nullopt;
  return signal;
}

std::optional<int> poll_signal() {
  return wait_for_signal(0);
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
