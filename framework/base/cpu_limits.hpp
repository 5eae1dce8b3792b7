// Limits on the CPUs that a process should use: by environment variables, and by the CPU time of a
// control group.
#pragma once

#include <string>

namespace laconic {

struct CpuLimits {
  int threads = 0;          // per process; 0: no limit
  std::string asked_by;     // "OMP_NUM_THREADS=4"; empty: no limit
  double granted_cpus = 0;  // CPU seconds per second for the whole control group; 0: no limit

  // Returns the number of threads per process, for `ranks` processes on this host with `cores`
  // cores each.
  int threads_of(int cores, int ranks) const;
};

// Reads the control group, and the variables OMP_NUM_THREADS, OMP_THREAD_LIMIT and
// SLURM_CPUS_PER_TASK, of which the smallest counts. As in OpenMP, a variable that is not a
// positive number is ignored.
CpuLimits cpu_limits();

// Returns the CPU seconds per second that the groups in `proc_cgroup` (the text of
// /proc/self/cgroup) and their parents allow; 0: no limit. `root` is /sys/fs/cgroup, version 1 or
// 2.
double granted_cpus(const std::string& root, const std::string& proc_cgroup);

}  // namespace laconic
