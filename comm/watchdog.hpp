// A thread that looks, now and then, whether something has gone on for too long, and ends the
// process if so: for what cannot end by itself, such as a thread that is stuck inside MPI.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace laconic::comm {

class Watchdog {
 public:
  // Every period_s, until destroyed: calls end(complaint()) where complaint() is not empty; both on
  // the thread of the watchdog. end() is expected not to return.
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
