#include "apps/laconic/report/page.hpp"

#include <fmt/format.h>

#include "apps/laconic/report/compare.hpp"
#include "apps/laconic/report/cost.hpp"
#include "apps/laconic/report/curves.hpp"
#include "apps/laconic/report/html.hpp"
#include "apps/laconic/report/overview.hpp"
#include "apps/laconic/report/style.hpp"
#include "apps/laconic/report/time_bars.hpp"
#include "apps/laconic/report/wire_bars.hpp"
#include "apps/laconic/version.hpp"

namespace laconic::report {

std::string page(std::vector<Run> runs, const std::string& written) {
  label_runs(runs);
  const std::vector<Group> groups = groups_of(runs);
  const std::string title =
      runs.size() == 1 ? escape(runs[0].label) : fmt::format("{} runs", runs.size());
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
             "<title>{0} – laconic report</title>\n<style>{1}</style>\n</head>\n<body>\n"
             "<header><h1>{0}</h1></header>\n",
             title, style_sheet(runs.size())) +
         overview_html(runs, groups) + differences_html(runs) + curves_html(runs, groups) +
         cost_html(runs, groups) + time_html(runs) + wire_html(runs) + details_html(runs) +
         fmt::format("<footer>laconic {} · {}</footer>\n</body>\n</html>\n", version::number,
                     escape(written));
}

}  // namespace laconic::report
