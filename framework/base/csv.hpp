// Writes fields of tables for other programs, by RFC 4180.
#pragma once

#include <string>
#include <string_view>

namespace laconic {

// Returns the text as a field between separators. A text with a separator, a quote or a line end is
// put in quotes, and its own quotes are doubled.
inline std::string csv_field(std::string_view text, char separator = ',') {
  const bool plain = text.find_first_of("\"\r\n") == text.npos && text.find(separator) == text.npos;
  if (plain) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

}  // namespace laconic
