// Formats the states of a sweep's trials as a table.
#pragma once

#include <string>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

struct Status {
  std::string table;      // a line per trial, counts, and the next command to type
  bool all_ended = true;  // no trial waits or runs
};
Status status_of(FileSystem& files, const SweepFolder& sweep);

}  // namespace laconic::sweep
