// The first thing a reader wants: which runs, how they stand, how good they are; and what in their
// configurations tells them apart.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

std::string overview_html(const std::vector<Run>& runs);
std::string differences_html(const std::vector<Run>& runs);
std::string details_html(const std::vector<Run>& runs);  // every figure, every configuration

}  // namespace laconic::report
