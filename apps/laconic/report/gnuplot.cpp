#include "apps/laconic/report/gnuplot.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "framework/base/child.hpp"
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
  const std::optional<pid_t> child = start({.command = {"gnuplot", "-d"},
                                            .in = in.descriptor(),
                                            .out = out.descriptor(),
                                            .err = error.descriptor(),
                                            .environment = {{search_path(), "LC_ALL=C.UTF-8"}}});
  if (!child) return std::nullopt;
  if (wait_for(*child) != 0) fail(ExitCode::environment, "gnuplot failed: {}", error.read());
  return out.read();
}

}  // namespace laconic::report
