#include "apps/laconic/report/panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "apps/laconic/run/score.hpp"

namespace laconic::report {
namespace {

constexpr size_t most_panels = 40;      // a damaged file may hold any number of keys
constexpr size_t most_with_bands = 3;   // groups whose bands can lie over each other
constexpr size_t most_with_marks = 12;  // groups
constexpr size_t most_marks = 60;

bool is_validation(const std::string& key) {
  return key.starts_with("val/");
}

// Returns the mean over the members of what a step had cost; NaN if none knows it.
double mean_cost(const std::vector<Course>& courses, const Group& group, double step,
                 const Against& against) {
  double sum = 0, known = 0;
  for (const size_t m : group.members)
    if (const double cost = courses[m].at_step(courses[m].*against.quantity, step);
        std::isfinite(cost)) {
      sum += cost;
      ++known;
    }
  return known > 0 ? sum / known / against.unit : std::nan("");
}

// Draws single steps faintly if there is a validation curve, since single steps are noisy.
std::optional<Line> line_of(const std::vector<Run>& runs, const std::vector<Group>& groups,
                            size_t g, const Panel& panel, const std::string& key) {
  // The page stays within some megabytes for any number of runs.
  const size_t most = std::clamp<size_t>(4000 / groups.size(), 60, 200);
  std::vector<const Curve*> curves;
  size_t longest = 0;
  for (const size_t m : groups[g].members)
    if (const auto found = runs[m].curves.find(key); found != runs[m].curves.end()) {
      curves.push_back(&found->second);
      longest = std::max(longest, found->second.values.size());
    }
  if (curves.empty()) return std::nullopt;
  Line line{.name = groups[g].label + ", " + key, .series = g, .points = thin(curves, most)};
  line.faint = !is_validation(key) && panel.keys.size() > 1;
  line.marked =
      is_validation(key) && line.points.size() <= most_marks && groups.size() <= most_with_marks;
  line.band = groups.size() <= most_with_bands
                  ? curves.size() > 1 || (!is_validation(key) && longest > most)
                  : curves.size() > 1 && is_validation(key);
  return line;
}

// Returns the same id for a figure of training and that of validation, which share a panel.
std::string id_of(const std::string& key) {
  return is_validation(key) ? key.substr(4) : key;
}

std::string title_of(const Panel& panel, const std::string& id) {
  constexpr std::pair<const char*, const char*> titles[] = {{"loss", "Loss"},
                                                            {"accuracy", "Accuracy"},
                                                            {"micro_f1", "Micro F1"},
                                                            {"lr", "Learning rate"},
                                                            {"gradient_norm", "Gradient norm"}};
  const auto found = std::ranges::find(titles, id, [](const auto& t) { return t.first; });
  const std::string title = found == std::end(titles) ? id : found->second;
  return is_validation(panel.keys[0]) ? title + " of validation" : title;
}

// Returns whether a panel is on the first page. The page shows figures with a plain name (no '/'),
// and the figure that decides which state is best.
bool belongs_on_first_page(const std::vector<Run>& runs, const Panel& panel) {
  return std::ranges::any_of(panel.keys, [&](const std::string& key) {
    return std::ranges::any_of(runs, [&](const Run& run) {
      const bool plain = key.find('/') == key.npos;
      return key == run.score.monitor.name ||
             (plain && std::ranges::count(run.figures, key, &FigureSpec::name) > 0);
    });
  });
}

// Returns the figure as runs declare it.
FigureSpec figure_of(const std::vector<Run>& runs, const std::string& key) {
  for (const Run& run : runs)
    if (const FigureSpec figure = find_figure(run.figures, key); !figure.unit.empty())
      return figure;
  return {key, "", Better::neither};
}

}  // namespace

std::vector<Panel> panels_of(const std::vector<Run>& runs) {
  std::set<std::string> keys;
  for (const Run& run : runs)
    for (const auto& [key, curve] : run.curves) keys.insert(key);
  keys.erase("epoch");
  // The order is that of the declarations. Keys without a declaration come last.
  std::vector<std::string> ids;
  for (const Run& run : runs)
    for (const FigureSpec& figure : run.figures) ids.push_back(id_of(figure.name));
  for (const std::string& key : keys) ids.push_back(id_of(key));
  std::vector<Panel> panels, folded;
  for (const std::string& id : ids) {
    Panel panel;
    for (const std::string& key : {id, "val/" + id})
      if (keys.erase(key) > 0) panel.keys.push_back(key);
    if (panel.keys.empty()) continue;
    panel.title = title_of(panel, id);
    panel.first_page = belongs_on_first_page(runs, panel);
    (panel.first_page ? panels : folded).push_back(std::move(panel));
  }
  if (panels.empty())
    for (Panel& panel : folded) panel.first_page = true;  // nothing is known of these runs
  panels.insert(panels.end(), folded.begin(), folded.end());
  if (panels.size() > most_panels) panels.resize(most_panels);
  return panels;
}

Chart chart_of(const std::vector<Run>& runs, const std::vector<Group>& groups,
               const std::vector<Course>& courses, const Panel& panel, const Against& against) {
  const std::string unit = figure_of(runs, panel.keys[0]).unit;
  Chart chart{.x_title = against.title, .y_title = panel.title, .x_scale = against.scale};
  chart.from_zero = against.quantity != nullptr;
  chart.y_percent = unit == "fraction";
  if (chart.y_percent) chart.y_scale = Scale::linear;
  if (!unit.empty()) chart.y_title += chart.y_percent ? " (%)" : fmt::format(" ({})", unit);
  for (size_t g = 0; g < groups.size(); ++g)
    for (const std::string& key : panel.keys) {
      std::optional<Line> line = line_of(runs, groups, g, panel, key);
      if (!line) continue;
      if (against.quantity != nullptr)
        for (Point& p : line->points) p.x = mean_cost(courses, groups[g], p.x, against);
      chart.lines.push_back(std::move(*line));
    }
  std::ranges::stable_partition(chart.lines, &Line::faint);  // first, so that they lie below
  return chart;
}

}  // namespace laconic::report
