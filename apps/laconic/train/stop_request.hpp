// Who may ask a run to stop or to save, beside itself: a signal at any rank, the end of the Slurm
// job, and a file that somebody puts into the run folder. Asked once a step; ranks agree by adding
// up what each of them heard.
//
// A file `checkpoint` asks for a checkpoint after this step and is taken away. A file `stop` asks
// to stop and stays until the run is started again, so that a job script that finds it does not
// requeue.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "framework/base/file.hpp"

namespace laconic {

// The end of this Slurm job, seconds since 1970 (SLURM_JOB_END_TIME); none outside of Slurm.
// Error(environment) when the variable is no time.
std::optional<double> job_end();

// Takes both files away: what was asked of an earlier start.
void forget_requests(FileSystem& files, const std::string& run_folder);

class StopRequest {
 public:
  struct Watch {  // of rank 0; the other ranks heed signals only
    std::string run_folder;
    std::optional<double> end;  // of the job
    double margin_s = 0;        // what stays free before it
    std::function<double()> wall_seconds;
  };
  struct Heard {
    bool stop = false, checkpoint = false;
  };

  explicit StopRequest(FileSystem& files) : files_(files) {}
  StopRequest(FileSystem& files, Watch watch);

  // At every step boundary. Looks for files at most once a second.
  Heard poll();
  // What saving takes, at most, from the decision to stop on.
  void checkpoint_took(double seconds);

 private:
  bool is_late(double now);
  Heard look_for_files();

  FileSystem& files_;
  std::optional<Watch> watch_;
  double last_poll_ = 0, last_look_ = 0, longest_step_s_ = 0, longest_checkpoint_s_ = 0;
};

}  // namespace laconic
