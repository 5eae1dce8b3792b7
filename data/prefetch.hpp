// Builds the next item while the current one is used: one thread, two buffers, no allocation after start.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace laconic::data {

// Item must be movable once at construction. make(index, item) runs on the helper thread for index = first,
// first+1, ... in order; next() hands them out in that order and keeps the item alive until the following next().
template <class Item>
class Prefetcher {
 public:
  Prefetcher(Item a, Item b, int64_t first, int64_t end, std::function<void(int64_t, Item&)> make);
  ~Prefetcher();
  Item& next();             // rethrows what make threw
  double waited_s() const;  // time next() had to wait

 private:
  void work();
  Item items_[2];
  int64_t first_, end_, taken_, made_;
  bool stop_ = false, failed_ = false;
  double waited_s_ = 0;
  std::exception_ptr error_;
  std::function<void(int64_t, Item&)> make_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace laconic::data
