// The report of some runs is one HTML page, which contains no scripts and loads nothing.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Returns the page. `runs`: at least one. `written`: the time, as text.
std::string page(std::vector<Run> runs, const std::string& written);

}  // namespace laconic::report
