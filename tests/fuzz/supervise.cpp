#include "tests/fuzz/supervise.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "framework/base/error.hpp"

namespace laconic::fuzz {
namespace {

constexpr unsigned hang_s = 100;  // above what a child of a reader may take by itself

// What outlives the child.
struct Shared {
  uint64_t number;
  char what[1000];
};

[[noreturn]] void try_all(const Target& target, uint64_t first,
                          const std::function<bool(uint64_t)>& more, const std::string& folder,
                          Shared& shared) {
  spdlog::set_level(spdlog::level::off);
  Tally tally;
  for (; more(tally.inputs); ++tally.inputs) {
    shared.number = first + tally.inputs;
    alarm(hang_s);
    const Outcome outcome = attempt(target, target.make(shared.number), folder + "/current");
    if (!outcome.wrong.empty()) {
      std::snprintf(shared.what, sizeof shared.what, "%s", outcome.wrong.c_str());
      _exit(1);
    }
    ++tally.by_code[outcome.code];
  }
  alarm(0);
  std::printf("%s: %s\n", target.name.c_str(), tally.text().c_str());
  std::exit(0);  // not _exit: LeakSanitizer looks now
}

}  // namespace

Finding supervise(const Target& target, uint64_t first, const std::function<bool(uint64_t)>& more,
                  const std::string& folder) {
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  LACONIC_CHECK(memory != MAP_FAILED, "no shared memory");
  Shared& shared = *new (memory) Shared{};
  std::fflush(stdout);
  const pid_t child = fork();
  LACONIC_CHECK(child >= 0, "cannot fork");
  if (child == 0) try_all(target, first, more, folder, shared);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Finding finding;
  finding.found = status != 0;
  finding.number = shared.number;
  if (finding.found) {
    const char* signal = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "";
    finding.what = shared.what[0] != 0   ? shared.what
                   : WIFSIGNALED(status) ? fmt::format("ended by a signal: {}", signal)
                                         : fmt::format("exit code {}", WEXITSTATUS(status));
    lay(target.make(finding.number).files,
        fmt::format("{}/{}-{}", folder, target.name, finding.number));
  }
  munmap(memory, sizeof(Shared));
  return finding;
}

}  // namespace laconic::fuzz
