// The run folder (docs/formats.md). Rank 0 opens and locks it, and all ranks know its path. It has
// one live owner, and contains outcome.json from the start. A completed run is only read until
// there is more work to do.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/laconic/run/config.hpp"
#include "comm/exchange/exchange.hpp"
#include "framework/base/held_folder.hpp"
#include "framework/base/run_lock.hpp"
#include "framework/observe/metrics.hpp"
#include "framework/observe/outcome.hpp"
#include "framework/observe/tensorboard.hpp"

namespace laconic {

class RunFolder {
 public:
  // Rank 0 creates or re-opens run.dir, depending on run.if_exists; other ranks only store the
  // path. An empty folder, or a run that failed before its first unit, is reused.
  // Error(cannot_create) if the folder is a run and if_exists is `fail`; the message then names the
  // command that resumes. Also if the folder exists and is not a run of laconic.
  RunFolder(const Config& config, int rank);
  ~RunFolder();

  // Sends the folder's path, and whether there is something to resume, to all ranks. Collective.
  void share(comm::Exchange& exchange);

  const std::string& path() const { return path_; }
  std::string checkpoints() const { return path_ + "/checkpoints"; }
  bool resumes() const { return resumes_; }
  bool was_completed() const { return completed_; }  // the run that is resumed
  bool is_owner() const { return owner_; }           // rank 0

  // Opens the logs, and cuts metrics.jsonl to `metrics_length` bytes. From now on a completed run
  // is written, too. Rank 0 calls it, when the first step is known.
  void open_logs(int64_t first_step, int64_t metrics_length, bool tensorboard);
  MetricsLog& metrics() { return *metrics_; }
  EventWriter* events() { return events_.get(); }

  void set_step(int64_t step) { outcome_.step = step; }
  void heartbeat() {
    lock_->heartbeat();
  }  // at rank 0: shows to processes on other hosts that the owner is alive
  // Rank 0 checks that the folder was not moved, deleted or replaced while the run uses it. What
  // the run would write at the old path would not be found, or would belong to another.
  bool is_in_place() const { return held_->is_in_place(); }
  void require_in_place() const;  // Error(environment), with the present path
  // Writes outcome.json. Rank 0 calls it when the run ends, main() after an error. Does nothing if
  // this start has written nothing.
  void finish(ExitCode code, const std::string& message);
  void write_result(nlohmann::json result);

 private:
  void begin_writing();

  const Config& config_;
  std::string path_;
  bool resumes_ = false, completed_ = false;
  std::unique_ptr<RunLock> lock_;
  std::unique_ptr<HeldFolder> held_;
  std::unique_ptr<MetricsLog> metrics_;
  std::unique_ptr<EventWriter> events_;
  Outcome outcome_;
  std::string earlier_outcome_;  // outcome.json before the resume
  bool owner_ = false, writing_ = false, finished_ = false;
};

}  // namespace laconic
