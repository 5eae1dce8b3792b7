// Where the time of each run went and what crossed the wire: bars drawn by the page itself, with
// their numbers below.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

std::string time_html(const std::vector<Run>& runs);
std::string wire_html(const std::vector<Run>& runs);

}  // namespace laconic::report
