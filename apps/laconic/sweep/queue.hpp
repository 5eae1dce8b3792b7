// Finds the trials of a sweep that wait in Slurm's queue or run there.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

// Returns the trials that jobs of this user run or will run, ascending. These are the elements of
// sweep_array.sbatch on this folder, or all trials if there is a sweep_pack.sbatch. Returns none if
// squeue is missing or fails.
std::vector<int64_t> queued(const SweepFolder& sweep);

// Returns the same from squeue's output, lines of "INDEX COMMAND". INDEX is "N/A" for a job without
// array.
std::vector<int64_t> queued_in(const std::string& lines, const SweepFolder& sweep);

}  // namespace laconic::sweep
