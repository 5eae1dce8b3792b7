#include "framework/base/fault.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "framework/base/error.hpp"

namespace laconic {
namespace {

// Passages of the chosen point. A fault belongs to the process, like its environment; so this count
// may be a global.
std::atomic<int64_t> passages{0};

int64_t wanted_passage(const std::string& text) {
  char* end = nullptr;
  const long long count = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || count < 1)
    fail(ExitCode::environment, "LACONIC_FAULT: '{}' is no count of passages; use name or name:3",
         text);
  return count;
}

}  // namespace

void fault_point(std::string_view name) {
  const char* setting = std::getenv("LACONIC_FAULT");
  if (setting == nullptr) [[likely]]
    return;
  const std::string_view chosen(setting);
  const size_t colon = chosen.find(':');
  if (chosen.substr(0, colon) != name && chosen.substr(0, colon) != "*") return;
  const int64_t wanted =
      colon == chosen.npos ? 1 : wanted_passage(std::string(chosen.substr(colon + 1)));
  if (++passages == wanted) ::kill(::getpid(), SIGKILL);
}

}  // namespace laconic
