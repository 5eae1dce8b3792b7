// Draws one picture of curves with gnuplot, as an <svg> element for a page. gnuplot gets numbers
// only. Names are in the page around the picture, so they need no quoting for gnuplot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/laconic/report/curve.hpp"

namespace laconic::report {

struct Line {
  size_t series = 0;    // its colour is the page's variable --s<series>
  bool faint = false;   // behind the other lines
  bool marked = false;  // a dot per point
  bool band = false;    // from the smallest to the largest value
  std::vector<Point> points;
};

// by_range: logarithmic if values are positive and span decades.
enum class Scale { by_range, linear };

// Returns an <svg> element; nothing if gnuplot is not installed or no value is finite.
// `description` is the text for screen readers.
std::optional<std::string> draw(const std::vector<Line>& lines, const std::string& description,
                                Scale scale = Scale::by_range);

// Return the results of the two steps: the script, and the page's <svg> from gnuplot's output.
std::string plot_script(const std::vector<Line>& lines, Scale scale = Scale::by_range);
std::string inline_svg(const std::string& drawn, const std::string& description);

// Returns the elements that all pictures refer to. The page contains them once.
std::string shared_svg();

}  // namespace laconic::report
