// The operators that count, in a file of their own so that no caller can inline them; and their
// test.
#include "tests/comm/allocations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

namespace {
std::atomic<bool> counting = false;
std::atomic<int64_t> allocations = 0;
}  // namespace

void* operator new(std::size_t bytes) {
  if (counting) ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace laconic::comm::test {

void start_counting() {
  allocations = 0;
  counting = true;
}

int64_t stop_counting() {
  counting = false;
  return allocations;
}

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
