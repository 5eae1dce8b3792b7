// A thread that runs one piece of work at a time for its owner. It is created once, so starting
// work always succeeds.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace laconic {

class Worker {
 public:
  Worker();
  // Waits for the work in progress. An exception that the work throws is lost.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Starts the work. The work before must have been taken. Allocates nothing for a lambda of two
  // pointers.
  void start(std::function<void()> work);
  bool is_done() const;  // no work is in progress
  void wait() const;     // waits until is_done()
  // Waits, and rethrows the exception of the work. Call it once per start().
  void take();

 private:
  void run();

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::function<void()> work_;  // empty: nothing to do
  std::exception_ptr error_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace laconic
