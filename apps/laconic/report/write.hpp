#pragma once

#include <string>
#include <vector>

#include "framework/base/file.hpp"

namespace laconic::report {

// Writes the page of the run folders among `paths` to `output`, and prints its path. Warns of paths
// that are no run folders, since a shell pattern may match other files.
// Error(data) if a path does not exist or none is a run folder.
void write_page(FileSystem& files, const std::vector<std::string>& paths,
                const std::string& output);

}  // namespace laconic::report
