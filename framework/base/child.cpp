#include "framework/base/child.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

std::string reason() {
  return std::generic_category().message(errno);
}

// A file in memory. A child reads and writes such files instead of pipes, so neither side waits for
// the other.
class Scratch {
 public:
  Scratch() : file_(::memfd_create("laconic", MFD_CLOEXEC)) {
    if (file_ < 0) fail(ExitCode::environment, "no file in memory: {}", reason());
  }
  ~Scratch() { ::close(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  int descriptor() const { return file_; }
  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0) fail(ExitCode::environment, "a file in memory: {}", reason());
      text.remove_prefix(static_cast<size_t>(written));
    }
    ::lseek(file_, 0, SEEK_SET);
  }
  std::string read() {
    std::string text;
    std::array<char, 65536> block;
    ::lseek(file_, 0, SEEK_SET);
    for (ssize_t got; (got = ::read(file_, block.data(), block.size())) > 0;)
      text.append(block.data(), static_cast<size_t>(got));
    return text;
  }

 private:
  int file_;
};

}  // namespace

std::optional<pid_t> start(const Child& child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  const int descriptors[] = {child.in, child.out, child.err};
  for (int to = 0; to < 3; ++to)
    if (descriptors[to] >= 0) posix_spawn_file_actions_adddup2(&actions, descriptors[to], to);
  sigset_t none;  // since laconic blocks the signals that stop a run
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int group = child.own_group ? POSIX_SPAWN_SETPGROUP : 0;
  posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | group));

  const std::vector<char*> arguments = pointers(child.command);
  const std::vector<char*> variables =
      child.environment ? pointers(*child.environment) : std::vector<char*>();
  pid_t id = -1;
  const int error = ::posix_spawnp(&id, arguments[0], &actions, &attributes, arguments.data(),
                                   child.environment ? variables.data() : environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == ENOENT || error == EACCES) return std::nullopt;
  if (error != 0)
    fail(ExitCode::environment, "{}: cannot start: {}", child.command[0],
         std::generic_category().message(error));
  return id;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<Finished> finish(Child child, const std::string& in) {
  Scratch input, output, error;
  input.write(in);
  child.in = input.descriptor();
  child.out = output.descriptor();
  child.err = error.descriptor();
  const std::optional<pid_t> started = start(child);
  if (!started) return std::nullopt;
  const int code = wait_for(*started);
  return Finished{code, output.read(), error.read()};
}

}  // namespace laconic
