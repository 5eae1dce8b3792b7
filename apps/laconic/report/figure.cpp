#include "apps/laconic/report/figure.hpp"

#include <fmt/format.h>

#include <cctype>

#include "apps/laconic/report/html.hpp"
#include "framework/base/csv.hpp"

namespace laconic::report {
namespace {

constexpr double width = 460, height = 300;

// Returns the text as it may stand in a link (RFC 3986).
std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == ',')
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string number(double v) {
  return std::isfinite(v) ? fmt::format("{:.6g}", v) : "";
}

// Returns a file name without characters that a file system could refuse.
std::string file_name(const std::string& title) {
  std::string name;
  for (const char c : title) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name + ".csv";
}

}  // namespace

std::string csv_of(const Chart& chart) {
  std::string csv = fmt::format("line,{},mean,low,high\n", csv_field(chart.x_title));
  for (const Line& line : chart.lines)
    for (const Point& p : line.points)
      csv += line.band
                 ? fmt::format("{},{},{},{},{}\n", csv_field(line.name), number(p.x),
                               number(p.mean), number(p.low), number(p.high))
                 : fmt::format("{},{},{},,\n", csv_field(line.name), number(p.x), number(p.mean));
  return csv;
}

std::string figure_html(const std::string& title, const Chart& chart, const std::string& below) {
  const std::optional<std::string> drawn = draw(chart, width, height, page_palette());
  std::string picture = "<p class=\"note\">nothing finite to draw</p>";
  if (drawn)
    picture = fmt::format(
        "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{} over {}\">{}</svg>"
        "<a class=\"csv\" download=\"{}\" href=\"data:text/csv;charset=utf-8,{}\">CSV</a>",
        width, height, escape(title), escape(chart.x_title), *drawn, file_name(title),
        percent_encoded(csv_of(chart)));
  return fmt::format("<figure><figcaption>{}</figcaption>{}{}</figure>\n", escape(title), picture,
                     below);
}

}  // namespace laconic::report
