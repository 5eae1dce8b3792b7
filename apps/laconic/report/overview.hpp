// The first part of the page: the runs, their states, their main figures, and the differences
// between their configurations.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/group.hpp"

namespace laconic::report {

std::string overview_html(const std::vector<Run>& runs, const std::vector<Group>& groups);
std::string differences_html(const std::vector<Run>& runs);
std::string details_html(const std::vector<Run>& runs);  // every figure, every configuration

}  // namespace laconic::report
