#include "apps/laconic/report/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/laconic/report/at_best.hpp"
#include "apps/laconic/report/compare.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/seeds.hpp"
#include "apps/laconic/run/score.hpp"

namespace laconic::report {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// A column of the overview: a figure that counts for some of the runs.
struct ScoreColumn {
  FigureSpec figure;
  std::string head;
  std::vector<double> values;  // one per run; NaN: it does not count there

  double best() const {
    double best = unknown;
    for (const double value : values)
      if (is_better(figure.better, value, best)) best = value;
    return best;
  }
};

std::vector<ScoreColumn> score_columns(const std::vector<Run>& runs) {
  std::vector<ScoreColumn> columns;
  const auto add = [&](size_t r, const FigureSpec& figure, const char* what) {
    if (figure.name.empty()) return;
    auto column = std::ranges::find(columns, figure, &ScoreColumn::figure);
    if (column == columns.end())
      column = columns.insert(column, {figure, what + figure_title(figure.name),
                                       std::vector<double>(runs.size(), unknown)});
    column->values[r] = value_at_best(runs[r], figure.name);
  };
  for (size_t r = 0; r < runs.size(); ++r) {
    const auto& [monitor, reported] = runs[r].score;
    add(r, monitor, monitor.better == Better::neither ? "" : "best ");
    for (const FigureSpec& figure : reported)
      if (figure != monitor) add(r, figure, "");
  }
  return columns;
}

double last_finite(const Run& run, const std::string& key) {
  const auto found = run.curves.find(key);
  if (found == run.curves.end()) return unknown;
  const auto& values = found->second.values;
  const auto last =
      std::find_if(values.rbegin(), values.rend(), [](double v) { return !std::isnan(v); });
  return last == values.rend() ? unknown : *last;
}

std::string swatch(size_t series) {
  return fmt::format("<i class=\"swatch\" style=\"background:var(--s{})\"></i>", series);
}

// Highlights the best value among several runs.
std::string score_cell(const ScoreColumn& column, size_t r) {
  const double value = column.values[r];
  const std::string text = escape(figure_text(value, column.figure.unit));
  return column.values.size() > 1 && value == column.best() ? fmt::format("<b>{}</b>", text) : text;
}

std::string problems_html(const std::vector<Run>& runs) {
  std::string html;
  for (const Run& run : runs) {
    const auto add = [&](const std::string& text) {
      html += fmt::format("<p class=\"warn\"><b>{}</b>: {}</p>\n", escape(run.label), escape(text));
    };
    if (!run.message.empty()) add(run.message);
    if (run.status == "killed")
      add(fmt::format("its process died; go on with: laconic resume {}", run.path));
    for (const std::string& note : run.notes) add(note);
  }
  return html;
}

// Describes a single run in one line.
std::string facts_html(const Run& run) {
  std::vector<std::string> facts;
  for (const char* key : {"method", "problem", "isa", "host", "git"})
    if (run.result.contains(key) && run.result[key].is_string())
      facts.push_back(fmt::format("{} {}", key, run.result[key].get<std::string>()));
  for (const char* key : {"ranks", "threads", "parameters", "seed"})
    if (std::isfinite(run.figure(key)))
      facts.push_back(fmt::format("{} {:.0f}", key, run.figure(key)));
  return facts.empty() ? ""
                       : fmt::format("<p class=\"lead\">{}</p>\n",
                                     escape(fmt::format("{}", fmt::join(facts, " · "))));
}

Table table_of(const std::vector<Row>& rows, const std::vector<Run>& runs) {
  Table table{{"key"}, {}};
  for (const Run& run : runs) table.head.push_back(escape(run.label));
  for (const Row& row : rows) {
    table.rows.push_back({escape(row.key)});
    for (const std::string& value : row.values)
      table.rows.back().push_back(value.empty() ? unknown_text : escape(value));
  }
  return table;
}

}  // namespace

std::string overview_html(const std::vector<Run>& runs, const std::vector<Group>& groups) {
  const std::vector<ScoreColumn> scores = score_columns(runs);
  Table table{{"run", "status", "steps", "training loss"}, {}};
  for (const ScoreColumn& column : scores) table.head.push_back(escape(column.head));
  table.head.insert(table.head.end(), {"time", "sent per rank", "peak memory"});
  for (size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    std::vector<std::string> row{
        swatch(group_of(groups, i)) + escape(run.label),
        fmt::format("<span class=\"status {}\">{}</span>", run.status, run.status),
        fmt::format("{}", run.step), figure_text(last_finite(run, "loss"), "")};
    for (const ScoreColumn& column : scores) row.push_back(score_cell(column, i));
    row.push_back(seconds_text(run.figure("time_s/total")));
    row.push_back(bytes_text(run.figure("comm/bytes_sent/mean")));
    row.push_back(bytes_text(run.figure("memory_bytes/peak_host")));
    table.rows.push_back(std::move(row));
  }
  return fmt::format("<section>\n{}{}{}{}</section>\n",
                     runs.size() == 1 ? facts_html(runs[0]) : best_html(runs, groups),
                     table.without_empty_columns().html(), seeds_html(runs, groups),
                     problems_html(runs));
}

std::string differences_html(const std::vector<Run>& runs) {
  if (runs.size() < 2) return "";
  std::vector<Row> said, defaults;
  for (Row& row : config_differences(runs))
    (row.is_default ? defaults : said).push_back(std::move(row));
  const auto table = [&](const std::vector<Row>& rows) {
    const Table by_key = table_of(rows, runs);
    return (runs.size() > rows.size() ? by_key.transposed() : by_key).html();
  };
  std::string html = "<section><h2>What differs</h2>\n";
  html += said.empty() ? "<p class=\"note\">Nothing that was set.</p>\n" : table(said);
  if (!defaults.empty())
    html += fmt::format("<details><summary>Defaults that follow from it</summary>\n{}</details>\n",
                        table(defaults));
  return html + "</section>\n";
}

std::string details_html(const std::vector<Run>& runs) {
  const std::vector<Row> figures = all_figures(runs);
  std::string html = "<section><h2>In full</h2>\n";
  if (!figures.empty())
    html += fmt::format("<details><summary>Every figure</summary>\n{}</details>\n",
                        table_of(figures, runs).html());
  for (const Run& run : runs)
    if (!run.config_text.empty())
      html +=
          fmt::format("<details><summary>Configuration of {}</summary>\n<pre>{}</pre></details>\n",
                      escape(run.label), escape(run.config_text));
  return html + "</section>\n";
}

}  // namespace laconic::report
