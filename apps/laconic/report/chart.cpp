#include "apps/laconic/report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/style.hpp"

namespace laconic::report {
namespace {

constexpr double line_height = 17, gap = 8, inside = 6;  // px; inside: between axes and curves

// The plot's area and how values lie in it.
struct Frame {
  const Axis& x_axis;
  const Axis& y_axis;
  double left, right, top, bottom;

  double x(double v) const { return left + inside + x_axis.place(v) * (right - left - 2 * inside); }
  double y(double v) const {
    return bottom - inside - y_axis.place(v) * (bottom - top - 2 * inside);
  }
  // Returns whether the point lies on the chart: finite and, on a logarithmic axis, above 0.
  bool has(double at, double value) const {
    return std::isfinite(at) && std::isfinite(value) && (at > 0 || !x_axis.is_logarithmic()) &&
           (value > 0 || !y_axis.is_logarithmic());
  }
};

std::string label_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     escape(text));
}

// Draws one path per stretch without a hole, and a dot for a stretch of one point.
std::string line_svg(const Line& line, const Frame& frame, const std::string& colour) {
  std::string path, band, back, dots;
  size_t stretch = 0;
  const auto end_stretch = [&](const Point& last) {
    if (stretch == 1 && !line.marked)
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\"/>", frame.x(last.x),
                          frame.y(last.mean));
    if (stretch > 0 && line.band) band += back + "Z";
    back.clear();
    stretch = 0;
  };
  const auto corner = [](char letter, double x, double y) {
    return fmt::format("{}{:.1f} {:.1f}", letter, x, y);
  };
  const Point* last = nullptr;
  for (const Point& p : line.points) {
    if (!frame.has(p.x, p.mean)) {
      if (last != nullptr) end_stretch(*last);
      continue;
    }
    const double x = frame.x(p.x);
    path += corner(stretch == 0 ? 'M' : 'L', x, frame.y(p.mean));
    if (line.band) {
      const double low = frame.has(p.x, p.low) ? p.low : p.mean;
      band += corner(stretch == 0 ? 'M' : 'L', x, frame.y(p.high));
      back.insert(0, corner('L', x, frame.y(low)));
    }
    if (line.marked)
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\"/>", x, frame.y(p.mean));
    ++stretch;
    last = &p;
  }
  if (last != nullptr) end_stretch(*last);
  std::string svg = fmt::format("<g><title>{}</title>", escape(line.name));
  if (!band.empty())
    svg += fmt::format("<path d=\"{}\" fill=\"{}\" fill-opacity=\"0.18\"/>", band, colour);
  svg += fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\" "
      "stroke-linejoin=\"round\"/>",
      path, colour, line.faint ? 1.2 : 1.8, line.faint ? 0.45 : 1);
  if (!dots.empty()) svg += fmt::format("<g fill=\"{}\">{}</g>", colour, dots);
  return svg + "</g>";
}

std::vector<Tick> ticks_that_fit(const Axis& axis, double width) {
  for (int most = 7; most > 2; --most) {
    const std::vector<Tick> ticks = axis.ticks(most);
    double room = 0;
    for (const Tick& tick : ticks) room += text_width(tick.text) + 2 * gap;
    if (room <= width) return ticks;
  }
  return axis.ticks(2);
}

std::string axes_svg(const Chart& chart, const Frame& frame, const std::vector<Tick>& y_ticks,
                     const Palette& palette) {
  std::string lines, texts;
  for (const Tick& tick : y_ticks) {
    const double y = frame.y(tick.value);
    lines += fmt::format("M{:.1f} {:.1f}H{:.1f}", frame.left, y, frame.right);
    texts += label_at(frame.left - gap, y + 0.35 * font_size, "end", tick.text);
  }
  std::string axes =
      fmt::format("M{:.1f} {:.1f}V{:.1f}H{:.1f}", frame.left, frame.top, frame.bottom, frame.right);
  for (const Tick& tick : ticks_that_fit(frame.x_axis, frame.right - frame.left)) {
    const double x = frame.x(tick.value);
    axes += fmt::format("M{:.1f} {:.1f}v4", x, frame.bottom);
    texts += label_at(x, frame.bottom + line_height, "middle", tick.text);
  }
  texts += label_at((frame.left + frame.right) / 2, frame.bottom + 2 * line_height + 2, "middle",
                    chart.x_title);
  const double middle = (frame.top + frame.bottom) / 2;
  texts += fmt::format(
      "<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\" "
      "text-anchor=\"middle\">{}</text>",
      font_size, middle, escape(chart.y_title));
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\"/><path d=\"{}\" fill=\"none\" stroke=\"{}\"/>"
      "<g fill=\"{}\" font-size=\"{}\">{}</g>",
      lines, palette.grid, axes, palette.text, palette.text, font_size, texts);
}

}  // namespace

Palette page_palette() {
  return {[](size_t series) { return fmt::format("var(--s{})", series); }, "var(--soft)",
          "var(--grid)"};
}

Palette paper_palette() {
  return {[](size_t series) { return series_colour(series, false); }, "#5a646e", "#e1e4e7"};
}

double text_width(const std::string& text) {
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
  return 0.6 * font_size * static_cast<double>(characters);
}

std::optional<std::string> draw(const Chart& chart, double width, double height,
                                const Palette& palette) {
  Range xs, ys;
  for (const Line& line : chart.lines)
    for (const Point& p : line.points) {
      if (!std::isfinite(p.mean) || (chart.x_scale == Scale::logarithmic && p.x <= 0)) continue;
      xs.add(p.x);
      for (const double v : {p.mean, line.band ? p.low : p.mean, line.band ? p.high : p.mean})
        ys.add(v);
    }
  if (xs.empty() || ys.empty()) return std::nullopt;
  ys.add(chart.level);
  if (chart.from_zero && chart.x_scale == Scale::linear) xs.add(0);
  const Axis x_axis(xs, chart.x_scale), y_axis(ys, chart.y_scale, chart.y_percent);
  const std::vector<Tick> y_ticks = y_axis.ticks(7);
  double widest = 0;
  for (const Tick& tick : y_ticks) widest = std::max(widest, text_width(tick.text));
  const Frame frame{x_axis,          y_axis, line_height + widest + 1.5 * gap,
                    width - 2 * gap, gap,    height - 2.5 * line_height - 2};
  std::string svg = axes_svg(chart, frame, y_ticks, palette);
  if (std::isfinite(chart.level))
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.1f}H{:.1f}\" fill=\"none\" stroke=\"{}\" "
        "stroke-dasharray=\"5 4\"/>",
        frame.left, frame.y(chart.level), frame.right, palette.text);
  for (const Line& line : chart.lines) svg += line_svg(line, frame, palette.series(line.series));
  return svg;
}

}  // namespace laconic::report
