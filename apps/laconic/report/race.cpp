#include "apps/laconic/report/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/laconic/report/html.hpp"
#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

Course evaluations_of(const Run& run) {
  Course course = course_of(run);
  if (!std::ranges::any_of(course.scores, [](double s) { return std::isfinite(s); }))
    fail(ExitCode::data,
         "{}: holds no evaluations; runs of laconic 0.1 and later that have a "
         "score do (train.evaluate_every)",
         run.path);
  return course;
}

double best_of(const Course& course, Better better) {
  double best = std::nan("");
  for (const double score : course.scores)
    if (is_better(better, score, best)) best = score;
  return best;
}

double ratio(double a, double b) {
  return b > 0 ? a / b : std::nan("");
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  const auto characters = [](const std::string& text) {  // not bytes
    return static_cast<size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
  };
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string room(widths[i] - characters(row[i]), ' ');
      text += i == 0 ? row[i] + room : "  " + room + row[i];
    }
    text += "\n";
  }
  return text;
}

}  // namespace

Race::Race(std::vector<Run> runs) : runs_(std::move(runs)), monitor_(runs_.at(0).score.monitor) {
  for (const Run& run : runs_) {
    if (run.score.monitor.name.empty() || run.score.monitor.better == Better::neither)
      fail(ExitCode::data, "{}: no score decides which state is best (train.monitor)", run.path);
    if (run.score.monitor.name != monitor_.name)
      fail(ExitCode::data, "{} is judged by {}, {} by {}: the runs have no common score",
           runs_[0].path, monitor_.name, run.path, run.score.monitor.name);
    courses_.push_back(evaluations_of(run));
    const double best = best_of(courses_.back(), monitor_.better);
    if (courses_.size() == 1 || is_better(monitor_.better, common_, best)) common_ = best;
  }
}

size_t Race::finish(size_t run) const {
  const std::vector<double>& scores = courses_[run].scores;
  return static_cast<size_t>(
      std::ranges::find_if(scores,
                           [&](double score) {
                             return score == common_ || is_better(monitor_.better, score, common_);
                           }) -
      scores.begin());
}

std::string Race::table() const {
  const std::string goal =
      fmt::format("{} {}", figure_title(monitor_.name), figure_text(common_, monitor_.unit));
  const FigureSpec& reported = runs_[0].score.reported[0];
  std::vector<std::vector<std::string>> rows{{"", figure_title(reported.name), "sent per rank",
                                              "trained", "to " + goal + ": time", "sent"}};
  std::string sentences;
  for (size_t r = 0; r < runs_.size(); ++r) {
    const size_t at = finish(r), first = finish(0);
    const Course &course = courses_[r], &other = courses_[0];
    rows.push_back(
        {runs_[r].label, figure_text(metric_of(runs_[r].result, reported.name), reported.unit),
         bytes_text(runs_[r].figure("comm/bytes_sent/max")), seconds_text(course.trained_s),
         seconds_text(course.seconds[at]), bytes_text(course.bytes[at])});
    if (r == 0) continue;
    sentences += fmt::format("{} reached {} in {:.2g} times the seconds of {}", runs_[r].label,
                             goal, ratio(course.seconds[at], other.seconds[first]), runs_[0].label);
    if (const double share = ratio(course.bytes[at], other.bytes[first]); std::isfinite(share))
      sentences += fmt::format(" and with {:.2g} % of its bytes", 100 * share);
    sentences += "\n";
  }
  return aligned(rows) + sentences;
}

std::string Race::title() const {
  std::string text =
      fmt::format("{}, {} ranks", text_at(runs_[0].result, "problem"), runs_[0].figure("ranks"));
  const auto link = [](const Run& run) {
    return std::pair(run.figure("comm/link/mbit"), run.figure("comm/link/latency_us"));
  };
  const auto [mbit, latency_us] = link(runs_[0]);
  if (mbit > 0 &&
      std::ranges::all_of(runs_, [&](const Run& r) { return link(r) == link(runs_[0]); }))
    text += fmt::format(", a link of {:g} Mbit/s and {:g} us", mbit, latency_us);
  return text;
}

Chart Race::chart(bool over_bytes) const {
  Chart chart{.x_title = over_bytes ? "MB that rank 0 has sent" : "seconds of training",
              .y_title = figure_title(monitor_.name),
              .y_scale = Scale::linear,
              .y_percent = monitor_.unit == "fraction",
              .level = common_};
  if (over_bytes) chart.x_scale = Scale::logarithmic;
  chart.from_zero = !over_bytes;
  if (chart.y_percent) chart.y_title += " (%)";
  for (size_t r = 0; r < runs_.size(); ++r) {
    const Course& course = courses_[r];
    Line line{.name = runs_[r].label, .series = r, .marked = true};
    for (size_t i = 0; i < course.scores.size(); ++i) {
      const double score = course.scores[i];
      line.points.push_back(
          {over_bytes ? 1e-6 * course.bytes[i] : course.seconds[i], score, score, score});
    }
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

std::string Race::picture() const {
  constexpr double width = 900, height = 320, row = 20, swatch = 24;
  const Palette palette = paper_palette();
  std::string legend;
  double x = 14, y = 2 * row + 8;
  const auto add = [&](std::string name, const std::string& stroke, const char* dashes) {
    if (name.size() > 100) name = name.substr(0, 100) + "...";
    const double room = swatch + text_width(name) + 2 * row;
    if (x > 14 && x + room > width) {
      x = 14;
      y += row;
    }
    legend += fmt::format(
        "<path d=\"M{0} {1}h{2}\" stroke=\"{3}\" stroke-width=\"2\"{4}/>"
        "<text x=\"{5}\" y=\"{6}\">{7}</text>\n",
        x, y - 4, swatch, stroke, dashes, x + swatch + 6, y, escape(name));
    x += room;
  };
  for (size_t r = 0; r < runs_.size(); ++r) add(runs_[r].label, palette.series(r), "");
  add("common score", palette.text, " stroke-dasharray=\"5 4\"");
  std::string panels;
  for (const bool over_bytes : {false, true})
    panels +=
        fmt::format("<g transform=\"translate({} {})\">{}</g>\n", over_bytes ? width / 2 : 0,
                    y + row / 2, draw(chart(over_bytes), width / 2, height, palette).value_or(""));
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"sans-serif\" font-size=\"{2}\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "<text x=\"14\" y=\"24\" font-size=\"15\" font-weight=\"bold\">{3}</text>\n{4}{5}</svg>\n",
      width, y + row / 2 + height, font_size, escape(title()), legend, panels);
}

}  // namespace laconic::report
