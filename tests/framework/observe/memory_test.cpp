#include "framework/observe/memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "tests/sanitized.hpp"

namespace laconic {
namespace {

// The pattern of an evaluation within a run: large blocks for a while, and small ones that stay.
TEST(Memory, OfLargeBlocksDoesNotStayWhenSmallOnesLieBetween) {
  if (test::sanitized) GTEST_SKIP() << "a sanitizer has its own malloc";
  return_large_blocks();
  const auto block = [] {
    auto out = std::make_unique_for_overwrite<char[]>(8'000'000);
    std::memset(out.get(), 1, 8'000'000);
    return out;
  };
  block();  // after the first is freed, glibc would take the next ones from the heap
  const int64_t before = resident_memory();
  std::vector<std::unique_ptr<char[]>> small, large;
  for (int i = 0; i < 10; ++i) {
    large.push_back(block());
    small.push_back(std::make_unique<char[]>(100'000));
  }
  EXPECT_GT(resident_memory(), before + 70'000'000);
  large.clear();
  EXPECT_LT(resident_memory(), before + 3'000'000);
}

}  // namespace
}  // namespace laconic
