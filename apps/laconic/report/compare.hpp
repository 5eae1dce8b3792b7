// Runs side by side: names that tell them apart, the keys in which they differ, every figure.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Sets the labels: the paths without the folders that all of them share.
void label_runs(std::vector<Run>& runs);

struct Row {
  std::string key;
  std::vector<std::string> values;  // one a run; empty where it has none
  bool is_default = false;          // a configuration key that nobody said in any run
};

// The configuration keys whose values are not the same in all runs, but for those that name the
// run.
std::vector<Row> config_differences(const std::vector<Run>& runs);

// Every number and text of the results by its path, "metrics/test/accuracy", that some run has.
std::vector<Row> all_figures(const std::vector<Run>& runs);

}  // namespace laconic::report
