// Builds the next item while the current one is used: one thread, two buffers, no allocation after
// start.
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

// Item must be movable once at construction. make(index, item) runs on the helper thread for index
// = first, first+1, ... in order; next() hands them out in that order and keeps the item alive
// until the following next(). What make throws ends the thread and is rethrown by the next() that
// asks for that item, and by all after it.
template <class Item>
class Prefetcher {
 public:
  Prefetcher(Item a, Item b, int64_t first, int64_t end, std::function<void(int64_t, Item&)> make);
  ~Prefetcher();  // waits for a make that is running, starts no other
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;
  Item& next();             // rethrows what make threw
  double waited_s() const;  // time next() had to wait

 private:
  void work();
  Item& slot(int64_t index) { return items_[(index - first_) % 2]; }

  Item items_[2];
  const int64_t first_, end_;
  int64_t held_;  // the item the user has or waits for; first - 1 before the first next()
  int64_t made_;  // items [first, made_) are complete
  bool stop_ = false;
  double waited_s_ = 0;
  std::exception_ptr error_;
  std::function<void(int64_t, Item&)> make_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // last: it starts when everything above is there
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

// Item m may be made when the user has let go of item m - 2, whose buffer it takes: when held_ >= m
// - 1.
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
