// Ensures that a run folder has at most one live owner. Two jobs that append to the same logs and
// checkpoints would destroy both. So the second job gets an Error(environment) that names the
// first.
//
// The file `lock` in the folder contains host, pid and start time of the owner. It is locked with
// flock(2), and the kernel releases the lock when the owner dies. On file systems without flock the
// text of the file decides. If its process was on this host and is dead, the lock is free at once.
//
// If other hosts can reach the file, the owner may be on another host. A thread of the owner
// touches the file at regular intervals. The second job waits: if the file is touched, the owner is
// alive; if it has not been touched for `heartbeat_limit_s`, the owner is dead. Ages are measured
// by the file system's clock, so the clocks of the hosts may differ.
#pragma once

#include <string>
#include <thread>

#include "framework/base/process.hpp"

namespace laconic {

struct RunLockSettings {
  bool use_flock = true;    // false acts as on a file system without flock
  double heartbeat_s = 10;  // the longest time between two touches
};

class RunLock {
 public:
  static constexpr double heartbeat_limit_s = 60;

  // Takes the lock. The folder must exist. May wait for `heartbeat_limit_s` if the owner was on
  // another host.
  // Errors: environment (a live owner), cannot_create (also a link), io.
  explicit RunLock(const std::string& folder, const RunLockSettings& settings = {});
  ~RunLock();  // releases the folder: empties the file
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  // Touches the file; this is cheap enough for every step. The first failure logs a warning. The
  // thread that also touches the file logs nothing.
  void heartbeat();

 private:
  void own_file();  // replaces a file that has other hard links

  std::string path_;
  int fd_ = -1;
  bool warned_ = false;
  std::jthread heart_;  // last: it ends before what it touches
};

}  // namespace laconic
