#include "comm/exchange/watchdog.hpp"

#include <pthread.h>

#include <chrono>

namespace laconic::comm {

Watchdog::Watchdog(double period_s, std::function<std::string()> complaint,
                   std::function<void(const std::string&)> end) {
  thread_ = std::thread([=, this] {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::duration<double>(period_s), [&] { return stop_; }))
      if (const std::string text = complaint(); !text.empty()) end(text);
  });
  pthread_setname_np(thread_.native_handle(), "watchdog");
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace laconic::comm
