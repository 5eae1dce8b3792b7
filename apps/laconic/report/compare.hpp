// Compares runs: their labels, the keys in which they differ, all figures.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Sets the labels to the paths without their common folders.
void label_runs(std::vector<Run>& runs);

struct Row {
  std::string key;
  std::vector<std::string> values;  // one per run; empty where it has none
  bool is_default = false;          // a configuration key that has its default in every run
};

// Returns whether a configuration key names a run and changes nothing else.
bool names_a_run(const std::string& key);

// Returns the configuration keys whose values differ between runs, except names of the run.
std::vector<Row> config_differences(const std::vector<Run>& runs);

// Returns every number and text of the results by its path, "metrics/test/accuracy".
std::vector<Row> all_figures(const std::vector<Run>& runs);

}  // namespace laconic::report
