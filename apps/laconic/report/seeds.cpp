#include "apps/laconic/report/seeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/laconic/report/at_best.hpp"
#include "apps/laconic/report/compare.hpp"
#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

struct Spread {
  double mean = 0, least = std::nan(""), most = std::nan("");
};

Spread spread_of(const std::vector<double>& values) {
  Spread spread;
  for (const double v : values) {
    spread.mean += v / static_cast<double>(values.size());
    spread.least = std::fmin(spread.least, v);
    spread.most = std::fmax(spread.most, v);
  }
  return spread;
}

// Returns a figure of the members that have it.
template <class Value>
std::vector<double> values_of(const std::vector<Run>& runs, const Group& group, Value value) {
  std::vector<double> values;
  for (const size_t m : group.members)
    if (const double v = value(runs[m]); std::isfinite(v)) values.push_back(v);
  return values;
}

const FigureSpec& reported_of(const Run& run) {
  return run.score.reported.empty() ? run.score.monitor : run.score.reported[0];
}

// Returns what a run sets differently from others: "optimizer.lr=0.01 model.hidden=16".
std::string settings_of(const std::vector<Run>& runs, size_t run) {
  std::string text;
  for (const Row& row : config_differences(runs))
    if (!row.is_default && row.key != "seed" && !row.values[run].empty())
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", row.key, row.values[run]);
  return text;
}

// Returns the score that decides, one value per group: the mean over its members at their best
// states; NaN if none has a value.
std::vector<double> mean_scores(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  std::vector<double> scores;
  for (const Group& group : groups) {
    const std::vector<double> values = values_of(runs, group, [](const Run& run) {
      return run.score.monitor.name.empty() ? std::nan("")
                                            : value_at_best(run, run.score.monitor.name);
    });
    scores.push_back(values.empty() ? std::nan("") : spread_of(values).mean);
  }
  return scores;
}

}  // namespace

std::string seeds_html(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  Table table{{"seeds", "runs", "score", "mean", "least", "most", "mean time", "mean sent"}, {}};
  for (const Group& group : groups) {
    if (group.members.size() < 2) continue;
    const FigureSpec& figure = reported_of(runs[group.members[0]]);
    const std::vector<double> scores =
        values_of(runs, group, [&](const Run& run) { return value_at_best(run, figure.name); });
    if (figure.name.empty() || scores.empty()) continue;
    const Spread spread = spread_of(scores);
    const auto mean = [&](const char* path) {
      const auto values = values_of(runs, group, [&](const Run& run) { return run.figure(path); });
      return values.empty() ? std::nan("") : spread_of(values).mean;
    };
    table.rows.push_back(
        {escape(group.label), fmt::format("{}", scores.size()), escape(figure_title(figure.name)),
         escape(figure_text(spread.mean, figure.unit)),
         escape(figure_text(spread.least, figure.unit)),
         escape(figure_text(spread.most, figure.unit)), seconds_text(mean("time_s/total")),
         bytes_text(mean("comm/bytes_sent/mean"))});
  }
  return table.rows.empty() ? "" : table.without_empty_columns().html();
}

std::string best_html(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  const FigureSpec& monitor = runs[0].score.monitor;
  const bool common =
      std::ranges::all_of(runs, [&](const Run& run) { return run.score.monitor == monitor; });
  if (groups.size() < 2 || !common || monitor.name.empty()) return "";
  const std::vector<double> scores = mean_scores(runs, groups);
  size_t best = 0;
  for (size_t g = 1; g < groups.size(); ++g)
    if (is_better(monitor.better, scores[g], scores[best])) best = g;
  if (!std::isfinite(scores[best]) || monitor.better == Better::neither) return "";
  const std::string settings = settings_of(runs, groups[best].members[0]);
  return fmt::format(
      "<p class=\"lead\">Best of {}: <b>{}</b>, {} {}{}</p>\n", groups.size(),
      escape(groups[best].label), escape(figure_title(monitor.name)),
      escape(figure_text(scores[best], monitor.unit)),
      settings.empty() ? "" : fmt::format(" with <code>{}</code>", escape(settings)));
}

}  // namespace laconic::report
