#include "data/graph/formats/rehearse.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "framework/base/failure.hpp"

namespace laconic::data {
namespace {

// Suppresses the output of a crashing library or sanitizer, and core dumps.
void go_quietly() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  sigemptyset(&none);
  for (const int s : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGTERM})
    signal(s, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Runs the action and writes a report: nothing if the action returned, else the exit code in one
// byte and the message.
[[noreturn]] void run_and_exit(const std::function<void()>& action, unsigned seconds, int report) {
  go_quietly();
  alarm(seconds);
  std::string text;
  try {
    action();
  } catch (const std::exception& exception) {
    const Error error = as_error(exception);
    text = static_cast<char>(error.code()) + std::string(error.what());
  }
  size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t n = write(report, text.data() + sent, text.size() - sent);
    if (n > 0)
      sent += n;
    else if (errno != EINTR)
      _exit(1);
  }
  _exit(0);
}

std::string read_to_the_end(int from) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(from, buffer, sizeof buffer);
    if (n > 0)
      text.append(buffer, n);
    else if (n == 0 || errno != EINTR)
      return text;
  }
}

}  // namespace

void rehearse(const std::function<void()>& action, unsigned seconds, const std::string& death) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail(ExitCode::environment, "no pipe: {}", std::strerror(errno));
  const pid_t child = fork();
  if (child == 0) run_and_exit(action, seconds, ends[1]);
  const int cause = errno;
  close(ends[1]);
  const std::string report = child > 0 ? read_to_the_end(ends[0]) : "";
  close(ends[0]);
  if (child < 0) fail(ExitCode::environment, "cannot fork: {}", std::strerror(cause));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      fail(ExitCode::environment, "waiting for a child: {}", std::strerror(errno));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw Error(ExitCode::data, death);
  if (!report.empty()) throw Error(static_cast<ExitCode>(report[0]), report.substr(1));
}

}  // namespace laconic::data
