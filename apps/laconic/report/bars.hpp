// Draws bars with HTML alone: one row per run, which consists of pieces.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

using Runs = std::vector<std::reference_wrapper<const Run>>;

inline double or_zero(double v) {
  return std::isfinite(v) ? v : 0;
}

// Returns the runs in which the figure at `path` is above 0.
Runs with_figure(const std::vector<Run>& runs, const char* path);

template <class Value>
double largest_of(const Runs& runs, Value value) {
  double most = 0;
  for (const Run& run : runs) most = std::max(most, or_zero(value(run)));
  return most;
}

// Returns a piece that takes `share` of the row. `colour` is a variable of the page, `tip` HTML.
std::string piece(const std::string& colour, double share, const std::string& tip);
std::string legend_entry(const std::string& colour, const std::string& label);
std::string bar(const Run& run, const std::string& pieces, const std::string& text);

// Returns a note if some of the runs have not finished.
std::string checkpoint_note(const Runs& runs);

}  // namespace laconic::report
