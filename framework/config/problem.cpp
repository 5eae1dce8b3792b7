#include "framework/config/problem.hpp"

#include <algorithm>
#include <limits>

namespace laconic::config {

namespace {

// The largest number of lines in a message. Further problems are only counted.
constexpr size_t most_shown = 100;

std::vector<Problem> sorted(std::vector<Problem> problems) {
  std::ranges::stable_sort(problems, {}, [](const Problem& p) {
    return std::pair(p.line > 0 ? p.line : std::numeric_limits<int>::max(), p.col);
  });
  return problems;
}

std::string listed(const std::vector<Problem>& problems) {
  std::string text;
  const size_t count = std::min(problems.size(), most_shown);
  for (size_t i = 0; i < count; ++i) text += fmt::format("{}{}", i ? "\n" : "", problems[i].text());
  if (count < problems.size()) {
    text += fmt::format("\n... and {} more", problems.size() - count);
  }
  return text;
}

}  // namespace

std::string Problem::text() const {
  std::string address = shown(where, 200);
  if (line > 0) address += fmt::format(":{}:{}", line, col);
  if (!path.empty()) address += fmt::format(": {}", shown(path, 120));
  return fmt::format("{}: {}", address, message);
}

ConfigError::ConfigError(std::vector<Problem> problems)
    : Error(ExitCode::config, listed(sorted(problems))), problems_(sorted(std::move(problems))) {}

std::string shown(std::string_view text, size_t longest) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (line.size() >= longest && (byte & 0xC0) != 0x80) return line + "...";
    if (c == '\n') {
      line += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      line += fmt::format("\\x{:02x}", byte);
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace laconic::config
