// Builds the next item while the current one is used. It has one thread and two buffers, and
// allocates nothing after the start.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "framework/base/error.hpp"

namespace laconic::data {

// The helper thread calls make(index, item) for index = first, first+1, ..., end-1. next() returns
// the items in this order. Items are moved once, at construction.
// Lifetime: an item is valid until the following next().
// Errors: an exception of make ends the thread. The next() for that item rethrows it, and so do all
// later calls.
template <class Item>
class Prefetcher {
 public:
  Prefetcher(Item a, Item b, int64_t first, int64_t end, std::function<void(int64_t, Item&)> make);
  ~Prefetcher();  // waits for a make that is running
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;
  Item& next();             // rethrows an exception of make
  double waited_s() const;  // total time that next() has waited

 private:
  void work();
  Item& slot(int64_t index) { return items_[(index - first_) % 2]; }

  Item items_[2];
  const int64_t first_, end_;
  int64_t held_;  // the item that the caller has or waits for; first - 1 before the first next()
  int64_t made_;  // items [first, made_) are complete
  bool stop_ = false;
  double waited_s_ = 0;
  std::exception_ptr error_;
  std::function<void(int64_t, Item&)> make_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // the last member: the thread starts when all above are constructed
};

template <class Item>
Prefetcher<Item>::Prefetcher(Item a, Item b, int64_t first, int64_t end,
                             std::function<void(int64_t, Item&)> make)
    : items_{std::move(a), std::move(b)},
      first_(first),
      end_(end),
      held_(first - 1),
      made_(first),
      make_(std::move(make)),
      thread_([this] { work(); }) {}

template <class Item>
Prefetcher<Item>::~Prefetcher() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

template <class Item>
Item& Prefetcher<Item>::next() {
  std::unique_lock lock(mutex_);
  LACONIC_CHECK(held_ + 1 < end_, "item {} of {}", held_ + 1, end_);
  ++held_;
  changed_.notify_all();
  const auto is_there = [&] { return made_ > held_ || error_; };
  if (!is_there()) {
    const auto start = std::chrono::steady_clock::now();
    changed_.wait(lock, is_there);
    waited_s_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  if (made_ <= held_) {
    --held_;
    std::rethrow_exception(error_);
  }
  return slot(held_);
}

template <class Item>
double Prefetcher<Item>::waited_s() const {
  const std::lock_guard lock(mutex_);
  return waited_s_;
}

// Item m uses the buffer of item m - 2. So it can be made when the caller has released that item:
// when held_ >= m - 1.
template <class Item>
void Prefetcher<Item>::work() {
  std::unique_lock lock(mutex_);
  while (made_ < end_) {
    changed_.wait(lock, [&] { return stop_ || held_ >= made_ - 1; });
    if (stop_) return;
    const int64_t index = made_;
    lock.unlock();
    std::exception_ptr error;
    try {
      make_(index, slot(index));
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error)
      error_ = error;
    else
      ++made_;
    changed_.notify_all();
    if (error_) return;
  }
}

}  // namespace laconic::data
