// Shows the time of each run: a bar per run, divided by phase, with its numbers below.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Returns the section of the page; "" if no run has times.
std::string time_html(const std::vector<Run>& runs);

}  // namespace laconic::report
