#include "apps/laconic/report/wire_bars.hpp"

#include <fmt/format.h>

#include <set>

#include "apps/laconic/report/bars.hpp"
#include "apps/laconic/report/html.hpp"

namespace laconic::report {
namespace {

double sent(const Run& run) {
  return run.figure("comm/bytes_sent/mean");
}
double dense(const Run& run) {
  return run.figure("comm/dense_equivalent_bytes/mean");
}

std::string wire_bar(const Run& run, double longest) {
  const std::string pieces =
      piece("exchange", sent(run) / longest, fmt::format("sent: {}", bytes_text(sent(run)))) +
      piece("other", (dense(run) - sent(run)) / longest,
            fmt::format("a dense ring sends {}", bytes_text(dense(run))));
  return bar(run, pieces, bytes_text(sent(run)));
}

Table wire_table(const Runs& runs) {
  Table table{{"run", "sent", "received", "messages", "rounds", "sent per round", "of a dense ring",
               "most by any rank"},
              {}};
  for (const Run& run : runs) {
    const double rounds = run.figure("comm/rounds/mean");
    table.rows.push_back({escape(run.label), bytes_text(sent(run)),
                          bytes_text(run.figure("comm/bytes_received/mean")),
                          figure_text(run.figure("comm/messages/mean"), ""),
                          figure_text(rounds, ""), bytes_text(sent(run) / rounds),
                          figure_text(sent(run) / dense(run), "fraction"),
                          bytes_text(run.figure("comm/bytes_sent/max"))});
  }
  return table.without_empty_columns();
}

// Shows the purposes of the bytes, for methods that send bytes for more than one purpose.
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

}  // namespace

std::string wire_html(const std::vector<Run>& all) {
  const Runs runs = with_figure(all, "comm/bytes_sent/max");
  if (runs.empty()) return "";
  const double longest =
      largest_of(runs, [](const Run& r) { return std::max(or_zero(sent(r)), or_zero(dense(r))); });
  std::string bars;
  for (const Run& run : runs) bars += wire_bar(run, longest);
  const bool sums = std::ranges::any_of(runs, [](const Run& run) { return dense(run) > 0; });
  return fmt::format(
      "<section><h2>On the wire</h2>\n<p class=\"lead\">What each rank sent, as the mean over the "
      "ranks{}.</p>\n<p class=\"legend\">{}{}</p>\n<div "
      "class=\"bars\">\n{}</div>\n{}{}</section>\n",
      sums ? "; beside it what a ring allreduce of the whole gradient sends" : "",
      legend_entry("exchange", "sent"), sums ? legend_entry("other", "spared") : "", bars,
      wire_table(runs).html() + phases_of_wire_html(runs), checkpoint_note(runs));
}

}  // namespace laconic::report
