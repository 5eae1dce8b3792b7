// Groups the curves of a report into panels, and draws one picture per panel.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

struct Panel {
  std::string title;
  std::vector<std::string> keys;  // keys of metrics.jsonl; those of validation are drawn bold
  bool first_page = true;         // false: in a section that is closed at first
};

// Returns one panel per figure, in the order in which the runs declare them. Training and
// validation share a panel. The panels of the first page come first.
std::vector<Panel> panels_of(const std::vector<Run>& runs);

// Returns the section with all pictures. Without gnuplot it is a note that names the package to
// install.
std::string curves_html(const std::vector<Run>& runs);

}  // namespace laconic::report
