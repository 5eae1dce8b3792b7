// The section of the page that shows what results had cost: loss and score over seconds and bytes,
// and the throughput.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/group.hpp"

namespace laconic::report {

// Returns the section; "" if no run stores its course. Between evaluations seconds and bytes are
// taken as linear in the steps.
std::string cost_html(const std::vector<Run>& runs, const std::vector<Group>& groups);

}  // namespace laconic::report
