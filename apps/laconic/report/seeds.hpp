// What the overview says of several runs: the spread over seeds, and the best configuration.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/group.hpp"

namespace laconic::report {

// Returns a table of the groups with several seeds: mean, least and most of the score; "" if there
// is none.
std::string seeds_html(const std::vector<Run>& runs, const std::vector<Group>& groups);

// Returns a sentence that names the best of several configurations and what it set; "" if the runs
// have no common score.
std::string best_html(const std::vector<Run>& runs, const std::vector<Group>& groups);

}  // namespace laconic::report
