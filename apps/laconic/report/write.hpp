#pragma once

#include <string>
#include <vector>

#include "framework/base/file.hpp"

namespace laconic::report {

// Writes the page of the run folders among `paths` to `output` and tells where it is. Warns of
// paths that are no run folders (a shell pattern catches more than runs), and where there is no
// gnuplot for the curves. Error(data) where a path does not exist or none is a run folder.
void write_page(FileSystem& files, const std::vector<std::string>& paths,
                const std::string& output);

}  // namespace laconic::report
