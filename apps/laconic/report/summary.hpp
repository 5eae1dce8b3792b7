// Formats the result of a run in a few lines, compared with baselines. It reads result.json alone,
// not the configuration or the data set.
#pragma once

#include <string>
#include <vector>

#include "framework/base/file.hpp"

namespace laconic::report {

// Returns the lines of the run folder `run`. `others`: baselines, as "NAME=RUN". Values that a
// result does not contain are left out.
// Error(data) if a result is missing or damaged; Error(usage) if an element of `others` has no '='.
std::string summary(FileSystem& files, const std::string& run,
                    const std::vector<std::string>& others);

}  // namespace laconic::report
