// One picture of curves, drawn by gnuplot and made fit to stand inside a page. gnuplot is given
// numbers only: names stand in the page around the picture, where they need no quoting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/laconic/report/curve.hpp"

namespace laconic::report {

struct Line {
  size_t series = 0;    // its colour is the page's variable --s<series>
  bool faint = false;   // in the background of others
  bool marked = false;  // a dot a point
  bool band = false;    // from the smallest to the largest value
  std::vector<Point> points;
};

// by_range: logarithmic where values are positive and span decades.
enum class Scale { by_range, linear };

// An <svg> element of its own; nothing where gnuplot is not installed or there is nothing finite to
// draw. `description` is for those who cannot see it.
std::optional<std::string> draw(const std::vector<Line>& lines, const std::string& description,
                                Scale scale = Scale::by_range);

// The two steps: the script, and the page's <svg> from what gnuplot made of it.
std::string plot_script(const std::vector<Line>& lines, Scale scale = Scale::by_range);
std::string inline_svg(const std::string& drawn, const std::string& description);

// What all pictures refer to; once in the page.
std::string shared_svg();

}  // namespace laconic::report
