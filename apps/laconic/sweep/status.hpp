// How the trials of a sweep stand, as a table for people.
#pragma once

#include <string>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

struct Status {
  std::string table;      // a line a trial, counts, and what to type next
  bool all_ended = true;  // no trial waits or runs
};
Status status_of(FileSystem& files, const SweepFolder& sweep);

}  // namespace laconic::sweep
