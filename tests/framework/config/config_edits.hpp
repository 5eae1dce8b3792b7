// Edits of generated configurations that may or may not leave them valid, and what must hold
// afterwards.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config_generator.hpp"
#include "framework/config/resolve.hpp"

namespace laconic::config {

// Everything but the origins, as text: -0 and 0 differ.
inline std::string content(const Resolved& resolved) {
  std::string text = resolved.to_json().dump() + resolved.hash();
  const std::string yaml = resolved.to_yaml();
  for (size_t start = 0; start < yaml.size();) {
    const size_t end = yaml.find('\n', start);
    const std::string line = yaml.substr(start, end - start);
    text += fmt::format("\n{}", line.substr(0, line.rfind("  # ")));
    start = end + 1;
  }
  return text;
}

// A valid text, cut into lines.
struct Lines {
  std::vector<std::string> lines;
  std::string joined(const std::string& end = "\n") const {
    std::string text;
    for (const auto& line : lines) text += line + end;
    return text;
  }
  size_t indent(size_t i) const { return lines[i].find_first_not_of(' '); }
};

inline Lines lines_of(const ConfigGenerator& generator) {
  Lines valid;
  for (const auto& setting : generator.settings()) valid.lines.push_back(setting.line);
  if (valid.lines.empty()) valid.lines.push_back("seed: 1");
  return valid;
}

// The first byte of some character, or the end.
inline size_t character_start(const std::string& text, Draw& draw) {
  size_t at = draw.below(text.size() + 1);
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

// Texts that somebody in a hurry might leave: another value, a line or the rest gone, strange
// pieces in between, a byte of anything.
inline std::vector<std::string> careless_edits(const Lines& lines, uint64_t seed) {
  static const std::vector<std::string> values = {
      "",           "1e999999", "-1e-999999", "99999999999999999999",
      "0x7fffffff", ".nan",     "yes",        "\"1\"",
      "[]",         "{}",       "[1, [2]]",   "{a: {b: c}}",
      "'",          "\"",       "|",          ">-",
      "&x *x",      "*x",       "&x",         "- 1",
      "? a",        "é",        "数 1",       "\xE2\x80\x8B",
      "null",       "1 2",      "{a: 1",      "]",
      "a: b",       "@",        "`",          "%",
  };
  static const std::vector<std::string> pieces = {
      ":", ": ", "\n", "\n  ", " ",  "\t",   "\r\n",  "#",     " #", "'",           "\"",
      "[", "]",  "{",  "}",    ",",  "-",    "- ",    "? ",    "&a", "*a",          "!",
      "|", ">",  "%",  "@",    "\\", "<<: ", "---\n", "...\n", "é",  "\xEF\xBB\xBF"};
  Draw draw(seed);
  std::vector<std::string> edited;
  Lines swapped = lines;
  auto& line = swapped.lines[draw.below(swapped.lines.size())];
  line = fmt::format("{} {}", line.substr(0, line.find(':') + 1), draw.of(values));
  edited.push_back(swapped.joined());
  Lines deleted = lines;
  deleted.lines.erase(deleted.lines.begin() +
                      static_cast<std::ptrdiff_t>(draw.below(deleted.lines.size())));
  edited.push_back(deleted.joined());
  std::string text = lines.joined();
  edited.push_back(text.substr(0, draw.below(text.size())));
  for (uint64_t edits = 1 + draw.below(4); edits > 0; --edits) {
    text.insert(character_start(text, draw), draw.of(pieces));
    edited.push_back(text);
  }
  text[draw.below(text.size())] = static_cast<char>(draw.below(256));
  edited.push_back(text);
  return edited;
}

using ResolveText = std::function<Resolved(const std::string& yaml)>;

// It resolves, or explains itself with addresses inside of the text; any other exception fails the
// test.
inline std::optional<Resolved> resolved_or_explained(const std::string& text,
                                                     const std::string& where,
                                                     const ResolveText& resolve_text) {
  SCOPED_TRACE(text);
  try {
    return resolve_text(text);
  } catch (const ConfigError& error) {
    const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
    EXPECT_FALSE(error.problems().empty());
    EXPECT_EQ(error.code(), ExitCode::config);
    for (const auto& problem : error.problems()) {
      EXPECT_GE(problem.line, 1) << problem.text();
      EXPECT_LE(problem.line, lines) << problem.text();
      EXPECT_GE(problem.col, 1) << problem.text();
      EXPECT_FALSE(problem.message.empty());
      EXPECT_EQ(problem.text().find('\n'), std::string::npos) << "one line a problem";
      EXPECT_TRUE(
          problem.text().starts_with(fmt::format("{}:{}:{}: ", where, problem.line, problem.col)))
          << problem.text();
    }
  }
  return std::nullopt;
}

}  // namespace laconic::config
