#include "apps/laconic/report/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/laconic/report/course.hpp"
#include "apps/laconic/report/figure.hpp"
#include "apps/laconic/report/panel.hpp"

namespace laconic::report {
namespace {

struct Unit {
  const char* name;
  double size;
};
constexpr Unit seconds_units[] = {{"s", 1}, {"min", 60}, {"h", 3600}};
constexpr Unit bytes_units[] = {{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}};

template <size_t n>
Unit unit_for(double most, const Unit (&units)[n]) {
  Unit best = units[0];
  for (const Unit& unit : units)
    if (most >= 2 * unit.size) best = unit;
  return best;
}

// Returns the axis for a quantity; logarithmic if the runs ended at very different values.
template <size_t n>
Against against(const std::vector<Course>& courses, std::vector<double> Course::*quantity,
                const char* title, const Unit (&units)[n]) {
  Range ends;
  for (const Course& course : courses)
    if (!(course.*quantity).empty() && (course.*quantity).back() > 0)
      ends.add((course.*quantity).back());
  if (ends.empty()) return {.title = ""};
  const Unit unit = unit_for(ends.high, units);
  return {fmt::format("{} ({})", title, unit.name), quantity, unit.size,
          ends.high > 10 * ends.low ? Scale::logarithmic : Scale::linear};
}

// Returns the samples per second between evaluations, over the seconds of training.
Chart throughput(const std::vector<Group>& groups, const std::vector<Course>& courses,
                 const Against& seconds) {
  Chart chart{.x_title = seconds.title, .y_title = "samples per second", .x_scale = seconds.scale};
  for (size_t g = 0; g < groups.size(); ++g)
    for (const size_t m : groups[g].members) {
      const Course& course = courses[m];
      Line line{.name = groups[g].label, .series = g, .faint = groups[g].members.size() > 1};
      for (size_t i = 0; i < course.samples.size(); ++i) {
        const double s = course.seconds[i] - (i == 0 ? 0 : course.seconds[i - 1]);
        const double rate = (course.samples[i] - (i == 0 ? 0 : course.samples[i - 1])) / s;
        if (s > 0) line.points.push_back({course.seconds[i] / seconds.unit, rate, rate, rate});
      }
      chart.lines.push_back(std::move(line));
    }
  chart.y_scale = Scale::linear;
  chart.from_zero = true;
  return chart;
}

bool is_score_or_loss(const std::vector<Run>& runs, const Panel& panel) {
  return std::ranges::any_of(panel.keys, [&](const std::string& key) {
    return key == "loss" || key == "val/loss" ||
           std::ranges::any_of(runs, [&](const Run& r) { return r.score.monitor.name == key; });
  });
}

}  // namespace

std::string cost_html(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  std::vector<Course> courses;
  for (const Run& run : runs) courses.push_back(course_of(run));
  const Against seconds =
      against(courses, &Course::seconds, "time of training and evaluation", seconds_units);
  const Against bytes = against(courses, &Course::bytes, "sent by rank 0", bytes_units);
  if (seconds.quantity == nullptr) return "";
  std::string figures;
  for (const Panel& panel : panels_of(runs))
    if (is_score_or_loss(runs, panel))
      for (const auto& [axis, name] : {std::pair(&seconds, "time"), std::pair(&bytes, "bytes")})
        if (axis->quantity != nullptr)
          figures += figure_html(fmt::format("{} over {}", panel.title, name),
                                 chart_of(runs, groups, courses, panel, *axis));
  if (std::ranges::any_of(courses, [](const Course& c) { return !c.samples.empty(); }))
    figures += figure_html("Throughput", throughput(groups, courses, seconds));
  return fmt::format(
      "<section><h2>What it cost</h2>\n<p class=\"lead\">The same curves over the seconds of "
      "training, and over the bytes that rank 0 had sent. Between evaluations both are taken as "
      "linear in the steps.</p>\n<div class=\"figures\">\n{}</div></section>\n",
      figures);
}

}  // namespace laconic::report
