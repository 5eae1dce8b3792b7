#include "apps/laconic/report/bars.hpp"

#include <fmt/format.h>

#include "apps/laconic/report/html.hpp"

namespace laconic::report {

Runs with_figure(const std::vector<Run>& runs, const char* path) {
  Runs found;
  for (const Run& run : runs)
    if (run.figure(path) > 0) found.emplace_back(run);
  return found;
}

std::string piece(const std::string& colour, double share, const std::string& tip) {
  if (!(share > 0)) return "";
  return fmt::format("<i style=\"width:{:.3f}%;background:var(--{})\" title=\"{}\"></i>",
                     100 * share, colour, tip);
}

std::string legend_entry(const std::string& colour, const std::string& label) {
  return fmt::format("<span><i style=\"background:var(--{})\"></i>{}</span> ", colour, label);
}

std::string bar(const Run& run, const std::string& pieces, const std::string& text) {
  return fmt::format(
      "<div class=\"row\"><span class=\"name\">{}</span><div class=\"bar\">{}</div><span "
      "class=\"value\">{}</span></div>\n",
      escape(run.label), pieces, text);
}

std::string checkpoint_note(const Runs& runs) {
  const bool any = std::ranges::any_of(runs, [](const Run& run) { return run.from_checkpoint; });
  return any ? "<p class=\"note\">Runs that have not finished are shown up to their newest "
               "checkpoint.</p>\n"
             : "";
}

}  // namespace laconic::report
