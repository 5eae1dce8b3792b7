// Polls for requests to stop or to save: a signal at any rank, the end of the Slurm job, and a file
// in the run folder. Ranks poll once per step, and agree by summing their requests.
//
// A file `checkpoint` requests a checkpoint after this step, and is then removed. A file `stop`
// requests a stop. It stays until the run is started again, so that a job script that finds it does
// not requeue. Only plain files are requests: a folder or a link of that name is left alone. If the
// folder itself is no longer in its place, the run stops, too.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "framework/base/file.hpp"
#include "framework/base/process.hpp"

namespace laconic {

// Returns the end of this Slurm job in seconds since 1970 (SLURM_JOB_END_TIME); none outside of
// Slurm. A value that is no time, or not after `now`, counts as none, with a warning if it is
// neither empty nor 0.
std::optional<double> job_end(double now = wall_seconds());

// Removes both files, which were requests to an earlier start.
void forget_requests(FileSystem& files, const std::string& run_folder);

class StopRequest {
 public:
  struct Watch {  // at rank 0; the other ranks poll for signals only
    std::string run_folder;
    std::optional<double> end;             // of the job, in seconds since 1970
    double margin_s = 0;                   // time that stays free before the end
    std::function<double()> wall_seconds;  // called once, since this clock may be set later
    std::function<double()> steady_seconds;
    std::function<bool()> folder_in_place = [] { return true; };
  };
  struct Heard {
    bool stop = false, checkpoint = false;
  };

  explicit StopRequest(FileSystem& files) : files_(files) {}
  StopRequest(FileSystem& files, Watch watch);

  // Returns the requests. Called after every step. Looks for files at most once per second, or once
  // per ten seconds while the file system fails.
  Heard poll();
  // Sets the longest time from the decision to stop to the end of saving.
  void checkpoint_took(double seconds);

 private:
  bool is_late(double now);
  Heard look_for_files();
  bool is_requested(const std::string& path);
  void attempt(const std::function<void()>& look);

  FileSystem& files_;
  std::optional<Watch> watch_;
  std::string stop_, checkpoint_;        // the two files
  bool failed_ = false, taken_ = false;  // the last look; the file `checkpoint` that is still there
  bool warned_ = false;                  // the files could not be looked for
  double end_ = 0;                       // of the job, on the steady clock
  double last_poll_ = 0, last_look_ = -1, longest_step_s_ = 0, longest_checkpoint_s_ = 0;
};

}  // namespace laconic
