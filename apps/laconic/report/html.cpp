#include "apps/laconic/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace laconic::report {
namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";  // U+FFFD

// Returns the length of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xC2 && first < 0xE0   ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
  if (length == 0 || text.size() < length) return 0;
  uint32_t code = first & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  const bool too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool no_character = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF ||
                            (code & 0xFFFE) == 0xFFFE;  // not allowed in XML
  return too_long || no_character ? 0 : length;
}

std::string row_html(const std::vector<std::string>& cells, bool head) {
  std::string html = "<tr>";
  for (size_t i = 0; i < cells.size(); ++i)
    html += head     ? fmt::format("<th scope=\"col\">{}</th>", cells[i])
            : i == 0 ? fmt::format("<th scope=\"row\">{}</th>", cells[i])
                     : fmt::format("<td>{}</td>", cells[i]);
  return html + "</tr>\n";
}

// Formats three significant digits, without a power of ten.
std::string three_digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = character_length(text.substr(i));
    const auto c = static_cast<uint8_t>(text[i]);
    if (length == 0 || (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F) {
      out += replacement;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += text.substr(i, length);
    }
    i += std::max<size_t>(length, 1);
  }
  return out;
}

std::string Table::html() const {
  std::string html = "<div class=\"scroll\"><table>\n<thead>" + row_html(head, true) + "</thead>\n";
  html += "<tbody>\n";
  for (const auto& row : rows) html += row_html(row, false);
  return html + "</tbody></table></div>\n";
}

Table Table::transposed() const {
  Table turned;
  turned.head.push_back(head[0]);
  for (const auto& row : rows) turned.head.push_back(row[0]);
  for (size_t c = 1; c < head.size(); ++c) {
    turned.rows.push_back({head[c]});
    for (const auto& row : rows) turned.rows.back().push_back(row[c]);
  }
  return turned;
}

Table Table::without_empty_columns() const {
  Table kept{{}, std::vector<std::vector<std::string>>(rows.size())};
  for (size_t c = 0; c < head.size(); ++c) {
    if (c > 0 && std::ranges::all_of(rows, [&](auto& row) { return row[c] == unknown_text; }))
      continue;
    kept.head.push_back(head[c]);
    for (size_t r = 0; r < rows.size(); ++r) kept.rows[r].push_back(rows[r][c]);
  }
  return kept;
}

std::string seconds_text(double seconds) {
  if (!std::isfinite(seconds)) return unknown_text;
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (seconds >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (seconds >= 120) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (seconds >= 1 || seconds == 0) return three_digits(seconds) + " s";
  return seconds >= 1e-3 ? three_digits(seconds * 1e3) + " ms"
                         : three_digits(seconds * 1e6) + " µs";
}

std::string bytes_text(double bytes) {
  if (!std::isfinite(bytes)) return unknown_text;
  constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes)
                   : fmt::format("{} {}", three_digits(bytes), units[unit]);
}

}  // namespace laconic::report
