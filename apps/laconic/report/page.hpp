// The report of some runs: one HTML page that needs nothing but itself, no script, no network.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// `runs`: at least one. `written`: when, as text.
std::string page(std::vector<Run> runs, const std::string& written);

}  // namespace laconic::report
