// The counter that other tests rely on.
#include "tests/comm/allocations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace laconic::comm::test {

TEST(TheAllocationCounter, CountsOnAllThreads) {
  std::atomic<bool> go = false;
  std::thread other([&] {
    while (!go) std::this_thread::yield();
    const std::vector<int> memory(10);
    go = false;
  });
  start_counting();
  go = true;
  while (go) std::this_thread::yield();
  EXPECT_GE(stop_counting(), 1);
  other.join();
}

}  // namespace laconic::comm::test
