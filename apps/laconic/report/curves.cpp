#include "apps/laconic/report/curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/laconic/report/figure.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/panel.hpp"

namespace laconic::report {
namespace {

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

std::string legend_html(const std::vector<Group>& groups, const std::vector<Panel>& panels) {
  std::string html = "<p class=\"legend\">";
  if (groups.size() > 1)
    for (size_t g = 0; g < groups.size(); ++g)
      html += fmt::format("<span><i style=\"background:var(--s{})\"></i>{}</span> ", g,
                          escape(groups[g].label));
  if (std::ranges::any_of(panels, [](const Panel& panel) { return panel.keys.size() > 1; }))
    html += "<span class=\"soft\">thin: training; bold: validation</span> ";
  if (std::ranges::any_of(groups, [](const Group& group) { return group.members.size() > 1; }))
    html += "<span class=\"soft\">line: mean of the seeds; band: least to most</span>";
  return html + "</p>\n";
}

}  // namespace

std::string curves_html(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  const std::vector<Panel> panels = panels_of(runs);
  if (panels.empty()) return "";
  std::string shown, folded;
  for (const Panel& panel : panels)
    (panel.first_page ? shown : folded) += figure_html(
        panel.title, chart_of(runs, groups, {}, panel, {}), not_finite_html(runs, panel));
  std::string html = fmt::format("<section><h2>Curves</h2>\n{}<div class=\"figures\">\n{}</div>\n",
                                 legend_html(groups, panels), shown);
  if (!folded.empty())
    html += fmt::format(
        "<details><summary>More curves</summary><div class=\"figures\">\n{}</div></details>\n",
        folded);
  return html + "</section>\n";
}

}  // namespace laconic::report
