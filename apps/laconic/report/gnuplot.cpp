#include "apps/laconic/report/gnuplot.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

// A file without a name. The child reads and writes such files rather than pipes, so neither side
// ever waits for the other.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) {
    if (file_ == nullptr) fail(ExitCode::io, "no temporary file for gnuplot: set TMPDIR");
  }
  ~Scratch() { std::fclose(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  int descriptor() const { return ::fileno(file_); }
  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() || std::fflush(file_) != 0)
      fail(ExitCode::io, "cannot write the temporary file for gnuplot");
    std::rewind(file_);
  }
  std::string read() {
    std::string text;
    std::array<char, 65536> block;
    std::rewind(file_);
    while (const size_t got = std::fread(block.data(), 1, block.size(), file_))
      text.append(block.data(), got);
    return text;
  }

 private:
  std::FILE* file_;
};

std::string search_path() {
  const char* path = std::getenv("PATH");
  return fmt::format("PATH={}", path != nullptr ? path : "/usr/bin:/bin");
}

}  // namespace

std::optional<std::string> run_gnuplot(const std::string& script) {
  Scratch in, out, error;
  in.write(script);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.descriptor(), STDERR_FILENO);
  sigset_t none;  // laconic blocks the stop signals; its child takes them
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

  std::string name = "gnuplot", defaults = "-d", path = search_path(), locale = "LC_ALL=C.UTF-8";
  const std::array arguments{name.data(), defaults.data(), static_cast<char*>(nullptr)};
  const std::array environment{path.data(), locale.data(), static_cast<char*>(nullptr)};
  pid_t child = 0;
  const int refused = ::posix_spawnp(&child, name.c_str(), &actions, &attributes, arguments.data(),
                                     environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (refused == ENOENT || refused == EACCES) return std::nullopt;
  if (refused != 0) fail(ExitCode::environment, "gnuplot cannot be started: error {}", refused);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(ExitCode::environment, "gnuplot failed: {}", error.read());
  return out.read();
}

}  // namespace laconic::report
