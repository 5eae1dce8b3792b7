#include "apps/laconic/report/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "apps/laconic/report/gnuplot.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/plot.hpp"
#include "framework/base/error.hpp"

namespace laconic::report {
namespace {

constexpr size_t most_panels = 40;      // a damaged file may hold any number of keys
constexpr size_t most_with_bands = 3;   // runs whose bands can lie over each other
constexpr size_t most_with_marks = 12;  // runs
constexpr size_t most_marks = 60;

bool has_curve(const std::vector<Run>& runs, const std::string& key) {
  return std::ranges::any_of(runs, [&](const Run& run) { return run.curves.contains(key); });
}

bool is_validation(const std::string& key) {
  return key.starts_with("val/");
}

// Single steps are noisy: where there is a validation, it stands out before them.
std::vector<Line> lines_of(const std::vector<Run>& runs, const Panel& panel) {
  // The page stays within some megabytes whatever the number of runs.
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

// Scores are fractions, which are looked at as they are.
Scale scale_of(const Panel& panel) {
  for (const char* score : {"accuracy", "f1", "auc"})
    if (panel.keys[0].ends_with(score)) return Scale::linear;
  return Scale::by_range;
}

std::string figure_html(const std::vector<Run>& runs, const Panel& panel) {
  std::string picture;
  try {
    picture = draw(lines_of(runs, panel), panel.title + " by step", scale_of(panel))
                  .value_or("<p class=\"note\">nothing finite to draw</p>");
  } catch (const Error& error) {
    picture = fmt::format("<p class=\"warn\">{}</p>", escape(error.what()));
  }
  return fmt::format("<figure><figcaption>{}</figcaption>{}{}</figure>\n", escape(panel.title),
                     picture, not_finite_html(runs, panel));
}

std::string legend_html(const std::vector<Run>& runs) {
  std::string html = "<p class=\"legend\">";
  if (runs.size() > 1)
    for (size_t i = 0; i < runs.size(); ++i)
      html += fmt::format("<span><i style=\"background:var(--s{})\"></i>{}</span> ", i,
                          escape(runs[i].label));
  if (has_curve(runs, "val/loss"))
    html += "<span class=\"soft\">thin: training; bold: validation</span> ";
  return html + "<span class=\"soft\">horizontal: step</span></p>\n";
}

}  // namespace

std::vector<Panel> panels_of(const std::vector<Run>& runs) {
  std::vector<Panel> known = {{"Loss", {"loss", "val/loss"}},
                              {"Accuracy", {"accuracy", "val/accuracy"}},
                              {"Learning rate", {"lr"}},
                              {"Gradient norm", {"gradient_norm"}}};
  if (!has_curve(runs, "accuracy")) known[1] = {"Micro F1 of validation", {"val/micro_f1"}};
  std::set<std::string> left = {};
  for (const Run& run : runs)
    for (const auto& [key, curve] : run.curves) left.insert(key);
  left.erase("epoch");
  std::vector<Panel> panels;
  for (Panel& panel : known) {
    if (std::ranges::none_of(panel.keys, [&](auto& key) { return left.contains(key); })) continue;
    for (const std::string& key : panel.keys) left.erase(key);
    panels.push_back(std::move(panel));
  }
  for (const std::string& key : left)
    if (panels.size() < most_panels) panels.push_back({key, {key}, false});
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
                  legend_html(runs), shown);
  if (!folded.empty())
    html += fmt::format(
        "<details><summary>More curves</summary><div class=\"figures\">\n{}</div></details>\n",
        folded);
  return html + "</section>\n";
}

}  // namespace laconic::report
