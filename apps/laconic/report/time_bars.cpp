#include "apps/laconic/report/time_bars.hpp"

#include <fmt/format.h>

#include <set>

#include "apps/laconic/report/bars.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/style.hpp"
#include "apps/laconic/run/phases.hpp"

namespace laconic::report {
namespace {

constexpr const char* everything_else = "everything else";

struct Shown {
  std::string name;    // in result.json
  std::string label;   // HTML
  std::string colour;  // a variable of the page
};

Shown shown(const std::string& phase, size_t& others) {
  if (phase == "exchange_exposed") return {phase, "waiting for the exchange", "exchange"};
  if (phase == "exchange") return {phase, "exchange, hidden or not", "exchange"};
  if (phase == "evaluate") return {phase, "evaluation", phase};
  if (phase == "checkpoint") return {phase, "checkpoints", phase};
  for (const char* known : {"data", "forward", "backward", "update"})
    if (phase == known) return {phase, phase, phase};
  return {phase, escape(phase), fmt::format("s{}", others++ % least_series)};
}

// The phases in which some run has spent time. `beside`: those beside the training thread.
struct Phases {
  std::vector<Shown> filling, beside;
};

Phases phases_of_all(const Runs& runs) {
  Phases phases;
  std::set<std::string> seen;
  size_t others = 0;
  for (const Run& run : runs)
    for (const RunPhase& phase : phases_of(run.result))
      if (std::isfinite(run.figure("time_s/" + phase.name)) && seen.insert(phase.name).second)
        (phase.kind == "hidden" ? phases.beside : phases.filling)
            .push_back(shown(phase.name, others));
  return phases;
}

double phase_seconds(const Run& run, const Shown& phase) {
  return run.figure("time_s/" + phase.name);
}

double other_seconds(const Run& run, const Phases& phases) {
  double rest = run.figure("time_s/total");
  for (const Shown& phase : phases.filling) rest -= or_zero(phase_seconds(run, phase));
  return rest;
}

std::string time_bar(const Run& run, const Phases& phases, double longest) {
  std::string pieces;
  const auto add = [&](const Shown& phase, double seconds) {
    pieces += piece(phase.colour, seconds / longest,
                    fmt::format("{}: {}", phase.label, seconds_text(seconds)));
  };
  for (const Shown& phase : phases.filling) add(phase, phase_seconds(run, phase));
  add({"", everything_else, "other"}, other_seconds(run, phases));
  return bar(run, pieces, seconds_text(run.figure("time_s/total")));
}

std::string time_legend(const Phases& phases) {
  std::string html = "<p class=\"legend\">";
  for (const Shown& phase : phases.filling) html += legend_entry(phase.colour, phase.label);
  return html + legend_entry("other", everything_else) + "</p>\n";
}

// Returns seconds and, with several ranks, their spread over the ranks.
std::string phase_cell(const Run& run, const Shown& phase) {
  std::string cell = seconds_text(phase_seconds(run, phase));
  const auto over = [&](const char* what) {
    return run.figure(fmt::format("time_over_ranks_s/{}/{}", phase.name, what));
  };
  if (run.figure("ranks") > 1 && std::isfinite(over("max")))
    cell += fmt::format("<small>{} to {}</small>", seconds_text(over("min")),
                        seconds_text(over("max")));
  return cell;
}

Table time_table(const Runs& runs, const Phases& phases) {
  Table table{{"run", "total"}, {}};
  for (const Shown& phase : phases.filling) table.head.push_back(phase.label);
  table.head.emplace_back(everything_else);
  for (const Shown& phase : phases.beside) table.head.push_back(phase.label);
  for (const Run& run : runs) {
    std::vector<std::string> row{escape(run.label), seconds_text(run.figure("time_s/total"))};
    for (const Shown& phase : phases.filling) row.push_back(phase_cell(run, phase));
    row.push_back(seconds_text(other_seconds(run, phases)));
    for (const Shown& phase : phases.beside) row.push_back(phase_cell(run, phase));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::string time_html(const std::vector<Run>& all) {
  const Runs runs = with_figure(all, "time_s/total");
  if (runs.empty()) return "";
  const double longest = largest_of(runs, [](const Run& r) { return r.figure("time_s/total"); });
  std::string bars;
  const Phases phases = phases_of_all(runs);
  for (const Run& run : runs) bars += time_bar(run, phases, longest);
  return fmt::format(
      "<section><h2>Time</h2>\n<p class=\"lead\">Where the seconds of rank 0 went; in small print "
      "the least and the most of any rank.</p>\n{}<div class=\"bars\">\n{}</div>\n{}{}</section>\n",
      time_legend(phases), bars, time_table(runs, phases).html(), checkpoint_note(runs));
}

}  // namespace laconic::report
