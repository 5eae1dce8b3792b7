// The run folder (docs/formats.md): opened and locked by rank 0, known to all. There is one live
// owner; the outcome is in the folder from the first second.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/laconic/options.hpp"
#include "comm/exchange.hpp"
#include "framework/base/run_lock.hpp"
#include "framework/observe/metrics.hpp"
#include "framework/observe/outcome.hpp"
#include "framework/observe/tensorboard.hpp"

namespace laconic {

class RunFolder {
 public:
  // Rank 0 creates or re-opens run.dir as run.if_exists says; other ranks only remember it.
  // Error(cannot_create): the folder is there and if_exists is fail; the message says how to
  // resume.
  RunFolder(const Config& config, int rank);
  ~RunFolder();

  // Collective: all ranks learn the folder's name and whether there is something to resume.
  void share(comm::Exchange& exchange);

  const std::string& path() const { return path_; }
  std::string checkpoints() const { return path_ + "/checkpoints"; }
  bool resumes() const { return resumes_; }

  // Rank 0 only, once it is known where the run starts: metrics.jsonl is cut to `metrics_length`.
  void open_logs(int64_t first_step, int64_t metrics_length, bool tensorboard);
  MetricsLog& metrics() { return *metrics_; }
  EventWriter* events() { return events_.get(); }

  void set_step(int64_t step) { outcome_.step = step; }
  void heartbeat() {
    lock_->heartbeat();
  }  // rank 0: the owner is alive, for those who look from another host
  // Writes outcome.json; called by rank 0 when the run ends, and by main() on the way out of an
  // error.
  void finish(ExitCode code, const std::string& message);
  void write_result(nlohmann::json result);

 private:
  std::string path_;
  bool resumes_ = false;
  std::unique_ptr<RunLock> lock_;
  std::unique_ptr<MetricsLog> metrics_;
  std::unique_ptr<EventWriter> events_;
  Outcome outcome_;
  std::string earlier_outcome_;  // what the folder said before it was resumed
  bool owner_ = false, finished_ = false;
};

}  // namespace laconic
