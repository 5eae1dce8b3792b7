#include "apps/laconic/report/bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

using Runs = std::vector<std::reference_wrapper<const Run>>;

struct Shown {
  const char* key;  // in result.json; also the page's colour
  const char* name;
};
// The phases that fill the time of the training thread. The exchange as a whole runs beside them;
// what of it training waited for is one of them.
constexpr Shown phases[] = {{"data", "data"},
                            {"forward", "forward"},
                            {"backward", "backward"},
                            {"exchange_exposed", "waiting for the exchange"},
                            {"update", "update"},
                            {"evaluate", "evaluation"},
                            {"checkpoint", "checkpoints"}};

double or_zero(double v) {
  return std::isfinite(v) ? v : 0;
}

double phase_seconds(const Run& run, const char* phase) {
  return run.figure(fmt::format("time_s/{}", phase));
}

double other_seconds(const Run& run) {
  double rest = run.figure("time_s/total");
  for (const Shown& phase : phases) rest -= or_zero(phase_seconds(run, phase.key));
  return rest;
}

template <class Value>
double largest_of(const Runs& runs, Value value) {
  double most = 0;
  for (const Run& run : runs) most = std::max(most, or_zero(value(run)));
  return most;
}

std::string piece(const char* colour, double share, const std::string& tip) {
  if (!(share > 0)) return "";
  return fmt::format("<i class=\"{}\" style=\"width:{:.3f}%\" title=\"{}\"></i>", colour,
                     100 * share, escape(tip));
}

std::string bar(const Run& run, const std::string& pieces, const std::string& text) {
  return fmt::format(
      "<div class=\"row\"><span class=\"name\">{}</span><div class=\"bar\">{}</div><span "
      "class=\"value\">{}</span></div>\n",
      escape(run.label), pieces, text);
}

std::string time_bar(const Run& run, double longest) {
  std::string pieces;
  const auto add = [&](const char* colour, const char* name, double seconds) {
    pieces += piece(colour, seconds / longest, fmt::format("{}: {}", name, seconds_text(seconds)));
  };
  for (const Shown& phase : phases) add(phase.key, phase.name, phase_seconds(run, phase.key));
  add("other", "everything else", other_seconds(run));
  return bar(run, pieces, seconds_text(run.figure("time_s/total")));
}

std::string time_legend() {
  std::string html = "<p class=\"legend\">";
  for (const Shown& phase : phases)
    html += fmt::format("<span><i class=\"{}\"></i>{}</span> ", phase.key, phase.name);
  return html + "<span><i class=\"other\"></i>everything else</span></p>\n";
}

// Seconds and, where there were several ranks, the spread over them.
std::string phase_cell(const Run& run, const char* phase) {
  const double seconds = phase_seconds(run, phase);
  std::string cell = seconds_text(seconds);
  const auto over = [&](const char* what) {
    return run.figure(fmt::format("time_over_ranks_s/{}/{}", phase, what));
  };
  if (run.figure("ranks") > 1 && std::isfinite(over("max")))
    cell += fmt::format("<small>{} to {}</small>", seconds_text(over("min")),
                        seconds_text(over("max")));
  return cell;
}

Table time_table(const Runs& runs) {
  Table table{{"run", "total"}, {}};
  for (const Shown& phase : phases) table.head.push_back(phase.name);
  table.head.insert(table.head.end(), {"everything else", "exchange, hidden or not"});
  for (const Run& run : runs) {
    std::vector<std::string> row{escape(run.label), seconds_text(run.figure("time_s/total"))};
    for (const Shown& phase : phases) row.push_back(phase_cell(run, phase.key));
    row.push_back(seconds_text(other_seconds(run)));
    row.push_back(phase_cell(run, "exchange"));
    table.rows.push_back(std::move(row));
  }
  return table;
}

double sent(const Run& run) {
  return run.figure("comm/bytes_sent/mean");
}
double dense(const Run& run) {
  return run.figure("comm/dense_equivalent_bytes/mean");
}

std::string wire_bar(const Run& run, double longest) {
  const std::string pieces =
      piece("sent", sent(run) / longest, fmt::format("sent: {}", bytes_text(sent(run)))) +
      piece("spared", (dense(run) - sent(run)) / longest,
            fmt::format("a dense ring sends {}", bytes_text(dense(run))));
  return bar(run, pieces, bytes_text(sent(run)));
}

Table wire_table(const Runs& runs) {
  Table table{{"run", "sent", "received", "messages", "rounds", "sent a round", "of a dense ring",
               "most by any rank"},
              {}};
  for (const Run& run : runs) {
    const double rounds = run.figure("comm/rounds/mean");
    table.rows.push_back({escape(run.label), bytes_text(sent(run)),
                          bytes_text(run.figure("comm/bytes_received/mean")),
                          number_text(run.figure("comm/messages/mean")), number_text(rounds),
                          bytes_text(sent(run) / rounds), percent_text(sent(run) / dense(run)),
                          bytes_text(run.figure("comm/bytes_sent/max"))});
  }
  return table;
}

// What the bytes were sent for, where a method sends them for more than one thing.
std::string phases_of_wire_html(const Runs& runs) {
  std::set<std::string> names;
  for (const Run& run : runs)
    if (const auto sent = run.result.at("comm").find("sent_by_phase");
        sent != run.result.at("comm").end() && sent->is_object())
      for (const auto& [name, bytes] : sent->items()) names.insert(name);
  if (names.size() < 2) return "";
  Table table{{"sent for"}, {}};
  table.head.insert(table.head.end(), names.begin(), names.end());
  for (const Run& run : runs) {
    table.rows.push_back({escape(run.label)});
    for (const std::string& name : names)
      table.rows.back().push_back(
          bytes_text(run.figure(fmt::format("comm/sent_by_phase/{}/mean", name))));
  }
  for (std::string& name : table.head) name = escape(name);
  return table.html();
}

Runs with_figure(const std::vector<Run>& runs, const char* path) {
  Runs found;
  for (const Run& run : runs)
    if (run.figure(path) > 0) found.emplace_back(run);
  return found;
}

std::string checkpoint_note(const Runs& runs) {
  const bool any = std::ranges::any_of(runs, [](const Run& run) { return run.from_checkpoint; });
  return any ? "<p class=\"note\">Runs that have not finished are shown up to their newest "
               "checkpoint.</p>\n"
             : "";
}

}  // namespace

std::string time_html(const std::vector<Run>& all) {
  const Runs runs = with_figure(all, "time_s/total");
  if (runs.empty()) return "";
  const double longest = largest_of(runs, [](const Run& r) { return r.figure("time_s/total"); });
  std::string bars;
  for (const Run& run : runs) bars += time_bar(run, longest);
  return fmt::format(
      "<section><h2>Time</h2>\n<p class=\"lead\">Where the seconds of rank 0 went; in small print "
      "the "
      "least and the most of any rank.</p>\n{}<div class=\"bars\">\n{}</div>\n{}{}</section>\n",
      time_legend(), bars, time_table(runs).html(), checkpoint_note(runs));
}

std::string wire_html(const std::vector<Run>& all) {
  const Runs runs = with_figure(all, "comm/bytes_sent/max");
  if (runs.empty()) return "";
  const double longest =
      largest_of(runs, [](const Run& r) { return std::max(or_zero(sent(r)), or_zero(dense(r))); });
  std::string bars;
  for (const Run& run : runs) bars += wire_bar(run, longest);
  return fmt::format(
      "<section><h2>On the wire</h2>\n<p class=\"lead\">What a rank sent to sum gradients, the "
      "mean of "
      "all ranks, beside what a ring allreduce of the whole gradient sends.</p>\n<p "
      "class=\"legend\">"
      "<span><i class=\"sent\"></i>sent</span> <span><i class=\"spared\"></i>spared</span></p>\n"
      "<div class=\"bars\">\n{}</div>\n{}{}</section>\n",
      bars, wire_table(runs).html() + phases_of_wire_html(runs), checkpoint_note(runs));
}

}  // namespace laconic::report
