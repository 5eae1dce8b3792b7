// The HTML elements of the report. The page is also well-formed XML, so any parser can read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/laconic/run/score.hpp"

namespace laconic::report {

// Returns text that is safe between tags and in quoted attributes. Markup characters become
// entities; control characters and bytes that are not UTF-8 become U+FFFD.
std::string escape(std::string_view text);

// An HTML table. Cells contain HTML; the first cell of each row is its heading.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::string html() const;
  Table transposed() const;
  Table without_empty_columns() const;  // empty: unknown in every row but the head
};

// Format numbers for people: "1.24 s", "12.3 MB"; unknown_text for NaN.
std::string seconds_text(double seconds);
std::string bytes_text(double bytes);

}  // namespace laconic::report
