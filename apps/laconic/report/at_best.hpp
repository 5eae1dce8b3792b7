#pragma once

#include <string>

#include "apps/laconic/report/run.hpp"

namespace laconic::report {

// Returns the value of `figure` at the best state: the one in the result, or without a result the
// one at the best value of the monitor so far. NaN if there is none.
double value_at_best(const Run& run, const std::string& figure);

}  // namespace laconic::report
