// A thread that checks periodically whether something takes too long, and ends the process if so.
// It is for processes that cannot end by themselves, for example with a thread stuck inside MPI.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace laconic::comm {

class Watchdog {
 public:
  // Calls complaint() every `period_s` seconds until this object is destroyed. If the returned text
  // is not empty, calls end() with it, which is expected not to return.
  // Thread safety: both run on the watchdog's thread.
  Watchdog(double period_s, std::function<std::string()> complaint,
           std::function<void(const std::string&)> end);
  ~Watchdog();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace laconic::comm
