// A panel of the page shows one figure of all runs; figures of training and validation share one.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/chart.hpp"
#include "apps/laconic/report/course.hpp"
#include "apps/laconic/report/group.hpp"

namespace laconic::report {

struct Panel {
  std::string title;
  std::vector<std::string> keys;  // keys of metrics.jsonl; those of validation are drawn bold
  bool first_page = true;         // false: in a section that is closed at first
};

// Returns one panel per figure, in the order in which the runs declare them. Training and
// validation share a panel. The panels of the first page come first.
std::vector<Panel> panels_of(const std::vector<Run>& runs);

// Over what a panel is drawn: steps, or what the steps had cost.
struct Against {
  std::string title = "step";
  std::vector<double> Course::*quantity = nullptr;  // null: steps
  double unit = 1;                                  // what is shown as 1
  Scale scale = Scale::linear;
};

// Returns the chart of a panel: a line per group and key. `courses`: one per run.
Chart chart_of(const std::vector<Run>& runs, const std::vector<Group>& groups,
               const std::vector<Course>& courses, const Panel& panel, const Against& against);

}  // namespace laconic::report
