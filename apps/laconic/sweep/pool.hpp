// Runs trials at the same time on this machine or in this Slurm allocation. Each trial is a process
// (mpirun, srun or laconic itself), which resumes the trial if it can. A failing trial does not
// stop others.
#pragma once

#include <string>
#include <vector>

#include "apps/laconic/sweep/sweep_folder.hpp"

namespace laconic::sweep {

struct PoolOptions {
  int64_t jobs = 1;    // number of trials at a time
  std::string launch;  // command before the executable; may contain {index}, {slot}
};

// Runs these trials. After a signal, or if a trial was stopped from outside (the job ends), running
// trials write a checkpoint and no more are started. Returns success if all are done; else stopped
// if any can be continued; else the code of the first failed trial. Trials that another process runs
// are left to it, and count as Error(environment) if they are not done at the end.
ExitCode run_pool(const SweepFolder& sweep, const std::vector<int64_t>& trials,
                  const PoolOptions& options);

}  // namespace laconic::sweep
