// The style of the page. It is light or dark like the reader's system, and fits a phone's screen.
#pragma once

#include <cstddef>
#include <string>

namespace laconic::report {

// The number of colours (--s0, --s1, ...) that exist for any number of runs.
inline constexpr size_t least_series = 8;

// Returns the colour of a series as CSS.
std::string series_colour(size_t series, bool dark);
std::string style_sheet(size_t series);  // with a colour per series

}  // namespace laconic::report
