#include "apps/laconic/report/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/laconic/report/compare.hpp"
#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// The scores that decide: of the result, or of a run that has none at its best validation so far.
struct Scores {
  double val = unknown, test = unknown;
};

Scores scores_of(const Run& run, const std::string& score) {
  Scores scores{run.figure("metrics/val/" + score), run.figure("metrics/test/" + score)};
  const auto val = run.curves.find("val/" + score), test = run.curves.find("test/" + score);
  if (std::isfinite(scores.val) || val == run.curves.end()) return scores;
  const auto best = std::ranges::max_element(val->second.values, [](double a, double b) {
    return std::isnan(a) ? !std::isnan(b) : a < b;  // NaN is below all
  });
  scores.val = *best;
  const auto at = static_cast<size_t>(best - val->second.values.begin());
  if (test != run.curves.end() && at < test->second.values.size())
    scores.test = test->second.values[at];
  return scores;
}

// Accuracy, or micro F1 where rows have several labels: then nobody reports a training accuracy.
std::string deciding_score(const std::vector<Run>& runs) {
  const bool single =
      std::ranges::any_of(runs, [](const Run& run) { return run.curves.contains("accuracy"); });
  return single ? "accuracy" : "micro_f1";
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

std::string marked_best(const std::string& text, double value, double best) {
  return value == best ? fmt::format("<b>{}</b>", text) : text;
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

// What a single run is, in a line.
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
      table.rows.back().push_back(value.empty() ? "–" : escape(value));
  }
  return table;
}

}  // namespace

std::string overview_html(const std::vector<Run>& runs) {
  const std::string score = deciding_score(runs),
                    name = score == "accuracy" ? "accuracy" : "micro F1";
  Scores best;
  for (const Run& run : runs) {
    const Scores s = scores_of(run, score);
    best = {std::fmax(best.val, s.val), std::fmax(best.test, s.test)};
  }
  if (runs.size() == 1) best = {};
  Table table{{"run", "status", "steps", "training loss", "best validation " + name, "test " + name,
               "time", "sent by a rank", "peak memory"},
              {}};
  for (size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    const Scores s = scores_of(run, score);
    table.rows.push_back(
        {swatch(i) + escape(run.label),
         fmt::format("<span class=\"status {}\">{}</span>", run.status, run.status),
         fmt::format("{}", run.step), number_text(last_finite(run, "loss")),
         marked_best(percent_text(s.val), s.val, best.val),
         marked_best(percent_text(s.test), s.test, best.test),
         seconds_text(run.figure("time_s/total")), bytes_text(run.figure("comm/bytes_sent/mean")),
         bytes_text(run.figure("memory_bytes/peak_host"))});
  }
  return fmt::format("<section>\n{}{}{}</section>\n", runs.size() == 1 ? facts_html(runs[0]) : "",
                     table.html(), problems_html(runs));
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
  html += said.empty() ? "<p class=\"note\">Nothing that anybody said.</p>\n" : table(said);
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
