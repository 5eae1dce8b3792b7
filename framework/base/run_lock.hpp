// One live owner per run folder. Two jobs that append to the same logs and checkpoints would
// destroy both; the second one gets an Error(environment) that says who is there.
//
// The file `lock` in the folder holds host, pid and start time of the owner and is locked with
// flock(2), which the kernel releases when the owner dies, however it dies. On file systems without
// flock the text decides: a dead process of this host is stale at once. An owner on another host is
// taken for alive while its file is younger than `heartbeat_limit_s`; call heartbeat() more often.
#pragma once

#include <optional>
#include <string>

#include "framework/base/process.hpp"

namespace laconic {

class RunLock {
 public:
  static constexpr double heartbeat_limit_s = 60;

  // The folder must exist. Errors: environment (a live owner), cannot_create, io.
  explicit RunLock(const std::string& folder);
  ~RunLock();  // gives the folder back: empties the file
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  void heartbeat();  // touches the file; cheap, call it with every line of the log

  // The owner that died without giving the folder back, if there was one.
  const std::optional<ProcessIdentity>& previous_owner() const { return previous_; }

 private:
  std::string path_;
  int fd_ = -1;
  std::optional<ProcessIdentity> previous_;
};

}  // namespace laconic
