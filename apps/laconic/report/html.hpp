// The little HTML that the report is made of. It is well-formed XML too, so any parser can read it.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace laconic::report {

// Text as it may stand between tags and in quoted attributes: markup characters become entities,
// control characters and bytes that are not UTF-8 become U+FFFD.
std::string escape(std::string_view text);

// Cells are HTML. The first cell of each row heads it.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::string html() const;
  Table transposed() const;
};

// For people: "1.24 s", "12.3 MB", "84.1 %"; "–" for NaN.
std::string seconds_text(double seconds);
std::string bytes_text(double bytes);
std::string percent_text(double fraction);
std::string number_text(double value);

}  // namespace laconic::report
