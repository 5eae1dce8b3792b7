// What of a sweep waits in Slurm's queue, or has begun there.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

// The trials that jobs of this user will run or are running: the elements of sweep_array.sbatch on
// this folder, all trials where a sweep_pack.sbatch is there. Ascending. None where squeue is not
// there or has no answer.
std::vector<int64_t> queued(const SweepFolder& sweep);

// The same from what squeue says: "INDEX COMMAND" lines, INDEX "N/A" for a job that is no array's.
std::vector<int64_t> queued_in(const std::string& lines, const SweepFolder& sweep);

}  // namespace laconic::sweep
