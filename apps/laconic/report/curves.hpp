// The curves of a report: which quantities share a picture, and the pictures.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

struct Panel {
  std::string title;
  std::vector<std::string> keys;  // of metrics.jsonl; those of validation are drawn bold
  bool first_page = true;         // else folded away
};

std::vector<Panel> panels_of(const std::vector<Run>& runs);

// The section with all pictures. Without gnuplot a note that says what to install.
std::string curves_html(const std::vector<Run>& runs);

}  // namespace laconic::report
