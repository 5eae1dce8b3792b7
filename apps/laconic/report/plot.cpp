#include "apps/laconic/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

constexpr int width = 460, height = 300;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  bool empty() const { return low > high; }
  // Returns limits for a single value, for which gnuplot draws no axis.
  std::string limits() const {
    const double room = low < high ? 0 : std::max(std::abs(low) * 0.1, 1e-12);
    return fmt::format("[{:.9g}:{:.9g}]", low - room, high + room);
  }
  bool spans_decades() const { return low > 0 && high / low > 50; }
};

std::string number(double v) {
  return std::isfinite(v) ? fmt::format("{:.7g}", v) : "NaN";
}

// Colours in the script are codes for variables of the page: 1,1,0 is the text, 1,1,1 the grid,
// 2,i,j series 256 i + j.
std::string series_colour(size_t series, bool faint = false) {
  return fmt::format("'#{}02{:02x}{:02x}'", faint ? "8c" : "", series / 256 % 256, series % 256);
}

std::string variable_of(int red, int green, int blue) {
  if (red == 2) return fmt::format("var(--s{})", 256 * green + blue);
  return blue == 1 ? "var(--grid)" : "var(--soft)";
}

std::string with_variables(const std::string& svg) {
  std::string out;
  size_t at = 0;
  for (size_t found; (found = svg.find("rgb(", at)) != svg.npos;) {
    out.append(svg, at, found - at);
    int red = 0, green = 0, blue = 0;
    std::sscanf(svg.c_str() + found, "rgb(%d,%d,%d", &red, &green, &blue);
    out += variable_of(red, green, blue);
    at = svg.find(')', found) + 1;
  }
  return out.append(svg, at);
}

// Removes every part from `begin` to the first `end` after it.
std::string without(std::string text, const std::string& begin, const std::string& end) {
  for (size_t at = 0; (at = text.find(begin, at)) != text.npos;)
    text.erase(at, text.find(end, at + begin.size()) + end.size() - at);
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// Removes the empty groups that gnuplot opens for every possible pen.
std::string without_empty_groups(std::string svg) {
  for (size_t end = 0; (end = svg.find("</g>", end)) != svg.npos;) {
    const size_t last = svg.find_last_not_of(" \t\n", end - 1);
    const size_t begin = svg.rfind('<', last);
    if (svg[last] == '>' && svg.compare(begin, 2, "<g") == 0) {
      svg.erase(begin, end + 4 - begin);
      end = begin;
    } else {
      end += 4;
    }
  }
  return svg;
}

}  // namespace

std::string plot_script(const std::vector<Line>& lines, Scale scale) {
  Range steps, values;
  for (const Line& line : lines)
    for (const Point& p : line.points) {
      steps.add(p.step);
      values.add(p.mean);
      if (!line.band) continue;
      values.add(p.low);
      values.add(p.high);
    }
  if (steps.empty() || values.empty()) return "";
  std::string script = fmt::format(
      "set terminal svg size {},{} dynamic noenhanced font 'sans-serif,13'\n"
      "set border 3 linecolor rgb '#010100'\n"
      "set tics nomirror scale 0.5 textcolor rgb '#010100'\n"
      "set grid ytics linetype 1 linecolor rgb '#010101'\n"
      "set format x '%.7g'\nset format y '%.4g'\nunset key\nset xrange {}\n",
      width, height, steps.limits());
  if (scale == Scale::by_range && values.spans_decades()) {
    script += "set logscale y\n";
  } else if (values.low == values.high) {
    script += fmt::format("set yrange {}\n", values.limits());
  }
  std::string plots;
  for (size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    script += fmt::format("$data{} << END\n", i);
    for (const Point& p : line.points)
      script += fmt::format("{} {} {} {}\n", number(p.step), number(p.mean), number(p.low),
                            number(p.high));
    script += "END\n";
    const std::string colour = series_colour(line.series);
    const auto add = [&](const std::string& what) {
      plots += fmt::format("{}$data{} {}", plots.empty() ? "plot " : ", \\\n  ", i, what);
    };
    if (line.band)
      add(
          fmt::format("using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder "
                      "linecolor rgb {}",
                      colour));
    add(fmt::format("using 1:2 with lines linewidth {} linecolor rgb {}", line.faint ? 1.2 : 1.8,
                    series_colour(line.series, line.faint)));
    if (line.marked || line.points.size() == 1)
      add(fmt::format("using 1:2 with points pointtype 7 pointsize 0.35 linecolor rgb {}", colour));
  }
  return script + plots + "\n";
}

std::string inline_svg(const std::string& drawn, const std::string& description) {
  const size_t start = drawn.find("</desc>"), end = drawn.rfind("</svg>");
  if (start == drawn.npos || end == drawn.npos) return "";
  std::string body = drawn.substr(start + 7, end - start - 7);
  body = without(body, "<defs>", "</defs>");
  body = without(body, "<title>", "</title>");  // gnuplot writes its commands there, as tool tips
  body = without(body, " id=\"", "\"");
  body = replaced(body, "xlink:href='#gpPt6'", "href='#dot'");
  body = without_empty_groups(with_variables(body));
  return fmt::format(
      "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>", width,
      height, escape(description), body);
}

std::optional<std::string> draw(const std::vector<Line>& lines, const std::string& description,
                                Scale scale) {
  const std::string script = plot_script(lines, scale);
  if (script.empty()) return std::nullopt;
  const std::optional<std::string> drawn = run_gnuplot(script);
  if (!drawn) return std::nullopt;
  return inline_svg(*drawn, description);
}

std::string shared_svg() {
  return "<svg class=\"shared\" aria-hidden=\"true\"><defs><circle id=\"dot\" r=\"1\" "
         "fill=\"currentColor\" stroke=\"none\"/></defs></svg>\n";
}

}  // namespace laconic::report
