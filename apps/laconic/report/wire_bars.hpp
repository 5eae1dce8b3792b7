// Shows the bytes that crossed the wire: a bar per run, with its numbers below.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Returns the section of the page; "" if no run has such bytes.
std::string wire_html(const std::vector<Run>& runs);

}  // namespace laconic::report
