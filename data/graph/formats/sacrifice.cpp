#include "data/graph/formats/sacrifice.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

[[noreturn]] void run_and_exit(const std::function<void()>& action, unsigned seconds) {
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);  // what a dying library or sanitizer prints is not for the user
  dup2(nowhere, STDERR_FILENO);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (const int s : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM}) {
    signal(s, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, s);
    sigprocmask(SIG_UNBLOCK, &one, nullptr);
  }
  alarm(seconds);
  try {
    action();
  } catch (...) {
  }
  _exit(0);
}

}  // namespace

bool survives(const std::function<void()>& action, unsigned seconds) {
  const pid_t child = fork();
  if (child < 0) fail(ExitCode::environment, "cannot fork: {}", std::strerror(errno));
  if (child == 0) run_and_exit(action, seconds);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      fail(ExitCode::environment, "waiting for a child: {}", std::strerror(errno));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace laconic::data
