// Trials side by side on this machine, or in this Slurm allocation: each is a process (mpirun,
// srun, or laconic itself) that resumes on its own. A failing trial stops no other.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

struct PoolOptions {
  int64_t jobs = 1;    // at a time
  std::string launch;  // what stands before the executable; {index}, {slot}
};

// Runs these trials. A signal, or a trial that was stopped from outside (the job ends), lets the
// running ones write a checkpoint and starts no others. Returns success when all are done, else
// stopped if any can simply go on, else what the first one failed with.
ExitCode run_pool(const SweepFolder& sweep, const std::vector<int64_t>& trials,
                  const PoolOptions& options);

}  // namespace laconic::sweep
