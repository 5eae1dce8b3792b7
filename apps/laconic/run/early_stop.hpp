// Ends this process at once on a stop signal before the first unit of work. Nothing can be lost
// yet. Reading, partitioning or a stuck file system does not poll for signals, so a thread waits
// for them. From the first unit on, StopRequest polls for signals.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace laconic {

class EarlyStop {
 public:
  // Starts a thread that waits for a signal. Stop signals must be blocked (block_stop_signals()).
  EarlyStop();
  // Stops waiting. A signal that arrives from here on stays pending.
  ~EarlyStop();
  EarlyStop(const EarlyStop&) = delete;
  EarlyStop& operator=(const EarlyStop&) = delete;

  // Returns call(). A signal that arrives meanwhile ends the process after the call, or after 3
  // seconds. For MPI_Init: Open MPI's launcher may hang if a rank ends while it connects.
  template <class Call>
  auto undisturbed(const Call& call) {
    const std::lock_guard lock(undisturbed_);
    return call();
  }

  // Sets a callback, which gets the message before the process ends with ExitCode::stopped. It runs
  // on the thread that waits.
  // Thread-safe.
  void before_end(std::function<void(const std::string& message)> call);

 private:
  void wait();
  [[noreturn]] void end(int signal);

  std::timed_mutex undisturbed_;
  std::mutex mutex_;
  std::function<void(const std::string&)> before_end_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace laconic
