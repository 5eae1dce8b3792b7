// Refuses some bytes before any YAML is parsed: bytes that a text editor does not show, or that
// readers of YAML understand differently.
#include <array>
#include <utility>

#include "framework/config/reader.hpp"

namespace laconic::config {

namespace {

// Length of the UTF-8 character at the start of `text`; 0 if it is none (cut off, overlong, a
// surrogate or beyond U+10FFFF).
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_utf16_or_utf32(std::string_view text) {
  using namespace std::string_view_literals;
  for (const auto mark : {"\xFF\xFE"sv, "\xFE\xFF"sv, "\0\0\xFE\xFF"sv}) {
    if (text.starts_with(mark)) return true;
  }
  return false;
}

// A line that starts with blanks of which one is a tab, and then says something.
bool is_indented_by_tab(std::string_view line) {
  const size_t start = line.find_first_not_of(" \t\r");
  return start != line.npos && line.substr(0, start).find('\t') != line.npos;
}

}  // namespace

std::vector<Problem> check_bytes(std::string_view text, const std::string& where) {
  std::vector<Problem> problems;
  const auto report = [&](int line, int col, std::string message) {
    problems.push_back({where, line, col, "", std::move(message)});
  };
  if (static_cast<int64_t>(text.size()) > max_text_bytes) {
    report(1, 1,
           fmt::format("the text has {} bytes; allowed: at most {}", text.size(), max_text_bytes));
    return problems;
  }
  if (is_utf16_or_utf32(text)) {
    report(1, 1, "the text is UTF-16 or UTF-32; save it as UTF-8");
    return problems;
  }

  int line = 1;
  while (!text.empty()) {
    const size_t length = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, length);
    if (is_indented_by_tab(rest)) report(line, 1, "a tab in the indentation; use spaces");
    if (rest.starts_with('%')) report(line, 1, "directives (%...) are not read; delete the line");
    const bool crlf = length < text.size() && rest.ends_with('\r');
    if (crlf) rest.remove_suffix(1);
    for (int col = 1; !rest.empty(); ++col) {
      const size_t bytes = character_length(rest);
      const auto byte = static_cast<unsigned char>(rest.front());
      if (bytes == 0) {
        report(line, col, fmt::format("byte 0x{:02X} is not UTF-8", byte));
        return problems;  // the rest may be of any encoding
      }
      if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
        report(line, col,
               byte == '\r' ? "a carriage return inside of a line; end lines with \\n"
                            : fmt::format("control character 0x{:02X}", byte));
        return problems;
      }
      rest.remove_prefix(bytes);
    }
    text.remove_prefix(std::min(length + 1, text.size()));
    ++line;
  }
  return problems;
}

}  // namespace laconic::config
