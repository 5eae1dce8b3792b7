// Draws curves as SVG: lines, bands, marks, axes with titles and ticks.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/laconic/report/axis.hpp"
#include "apps/laconic/report/curve.hpp"

namespace laconic::report {

struct Line {
  std::string name = {};  // the browser shows it where the mouse rests on the line
  size_t series = 0;      // decides the colour
  bool faint = false;     // behind the other lines
  bool marked = false;    // a dot per point
  bool band = false;      // from the smallest to the largest value
  std::vector<Point> points = {};
};

struct Chart {
  std::string x_title = {}, y_title = {};
  Scale x_scale = Scale::linear, y_scale = Scale::by_range;
  bool from_zero = false;  // a linear horizontal axis begins at 0
  bool y_percent = false;  // values are fractions, shown as percent
  std::vector<Line> lines = {};
  double level = std::nan("");  // a dashed horizontal line
};

struct Palette {
  std::function<std::string(size_t)> series;
  std::string text, grid;
};
Palette page_palette();   // variables of the page (style.hpp)
Palette paper_palette();  // on white

inline constexpr double font_size = 12.5;
// Returns the width of a text, estimated. Nothing else is known of the reader's fonts.
double text_width(const std::string& text);

// Returns SVG elements that fill `width` x `height` from the origin; nothing if no point is finite.
std::optional<std::string> draw(const Chart& chart, double width, double height,
                                const Palette& palette);

}  // namespace laconic::report
