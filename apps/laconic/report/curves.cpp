#include "apps/laconic/report/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/plot.hpp"
#include "apps/laconic/run/score.hpp"
#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

constexpr size_t most_panels = 40;      // a damaged file may hold any number of keys
constexpr size_t most_with_bands = 3;   // runs whose bands can lie over each other
constexpr size_t most_with_marks = 12;  // runs
constexpr size_t most_marks = 60;

bool is_validation(const std::string& key) {
  return key.starts_with("val/");
}

// Draws single steps faintly if there is a validation curve, since single steps are noisy.
std::vector<Line> lines_of(const std::vector<Run>& runs, const Panel& panel) {
  // The page stays within some megabytes for any number of runs.
  const size_t points = std::clamp<size_t>(4000 / runs.size(), 60, 300);
  std::vector<Line> lines;
  for (size_t i = 0; i < runs.size(); ++i)
    for (const std::string& key : panel.keys) {
      const auto found = runs[i].curves.find(key);
      if (found == runs[i].curves.end()) continue;
      const Curve& curve = found->second;
      Line line{.series = i, .points = thin(curve, points)};
      line.faint = !is_validation(key) && panel.keys.size() > 1;
      line.marked =
          is_validation(key) && line.points.size() <= most_marks && runs.size() <= most_with_marks;
      line.band =
          !is_validation(key) && curve.values.size() > points && runs.size() <= most_with_bands;
      lines.push_back(std::move(line));
    }
  std::ranges::stable_partition(lines, &Line::faint);  // first, so that they lie below
  return lines;
}

std::string not_finite_html(const std::vector<Run>& runs, const Panel& panel) {
  std::string html;
  for (const Run& run : runs)
    for (const std::string& key : panel.keys) {
      const auto found = run.curves.find(key);
      if (found == run.curves.end()) continue;
      const Curve& curve = found->second;
      const int64_t count = curve.not_finite();
      if (count == 0) continue;
      const auto first =
          std::ranges::find_if(curve.values, [](double v) { return !std::isfinite(v); });
      const double step = curve.steps[static_cast<size_t>(first - curve.values.begin())];
      html += fmt::format(
          "<p class=\"warn\">{}: {} not finite {} of {} times, first at step {:.0f}</p>",
          escape(run.label), escape(key), count, curve.values.size(), step);
    }
  return html;
}

// Returns the linear scale for fractions.
Scale scale_of(const std::vector<Run>& runs, const Panel& panel) {
  const bool fraction = std::ranges::any_of(runs, [&](const Run& run) {
    return find_figure(run.figures, panel.keys[0]).unit == "fraction";
  });
  return fraction ? Scale::linear : Scale::by_range;
}

std::string figure_html(const std::vector<Run>& runs, const Panel& panel) {
  std::string picture;
  try {
    picture = draw(lines_of(runs, panel), panel.title + " by step", scale_of(runs, panel))
                  .value_or("<p class=\"note\">nothing finite to draw</p>");
  } catch (const Error& error) {
    picture = fmt::format("<p class=\"warn\">{}</p>", escape(error.what()));
  }
  return fmt::format("<figure><figcaption>{}</figcaption>{}{}</figure>\n", escape(panel.title),
                     picture, not_finite_html(runs, panel));
}

std::string legend_html(const std::vector<Run>& runs, const std::vector<Panel>& panels) {
  std::string html = "<p class=\"legend\">";
  if (runs.size() > 1)
    for (size_t i = 0; i < runs.size(); ++i)
      html += fmt::format("<span><i style=\"background:var(--s{})\"></i>{}</span> ", i,
                          escape(runs[i].label));
  if (std::ranges::any_of(panels, [](const Panel& panel) { return panel.keys.size() > 1; }))
    html += "<span class=\"soft\">thin: training; bold: validation</span> ";
  return html + "<span class=\"soft\">horizontal: step</span></p>\n";
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

std::string curves_html(const std::vector<Run>& runs) {
  const std::vector<Panel> panels = panels_of(runs);
  if (panels.empty()) return "";
  if (!run_gnuplot(""))
    return fmt::format(
        "<section><h2>Curves</h2><p class=\"warn\">No curves: gnuplot is not installed here. "
        "Install the package <code>{}</code> and make the report again.</p></section>\n",
        gnuplot_package);
  std::string shown, folded;
  for (const Panel& panel : panels) (panel.first_page ? shown : folded) += figure_html(runs, panel);
  std::string html =
      fmt::format("<section><h2>Curves</h2>\n{}{}<div class=\"figures\">\n{}</div>\n", shared_svg(),
                  legend_html(runs, panels), shown);
  if (!folded.empty())
    html += fmt::format(
        "<details><summary>More curves</summary><div class=\"figures\">\n{}</div></details>\n",
        folded);
  return html + "</section>\n";
}

}  // namespace laconic::report
