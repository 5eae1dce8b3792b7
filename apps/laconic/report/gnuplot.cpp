#include "apps/laconic/report/gnuplot.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "framework/base/child.hpp"
#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

std::string search_path() {
  const char* path = std::getenv("PATH");
  return fmt::format("PATH={}", path != nullptr ? path : "/usr/bin:/bin");
}

}  // namespace

std::optional<std::string> run_gnuplot(const std::string& script) {
  const std::optional<Finished> drawn = finish(
      {.command = {"gnuplot", "-d"}, .environment = {{search_path(), "LC_ALL=C.UTF-8"}}}, script);
  if (!drawn) return std::nullopt;
  if (drawn->code != 0) fail(ExitCode::environment, "gnuplot failed: {}", drawn->err);
  return drawn->out;
}

}  // namespace laconic::report
