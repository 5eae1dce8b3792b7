// The section of the page with the curves over the steps of the runs.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/group.hpp"

namespace laconic::report {

// Returns the section; "" if no run has curves.
std::string curves_html(const std::vector<Run>& runs, const std::vector<Group>& groups);

}  // namespace laconic::report
