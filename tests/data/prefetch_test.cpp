#include "data/prefetch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace laconic::data {
namespace {

struct Item {
  std::vector<int64_t> values = std::vector<int64_t>(100);
};

void fill(int64_t index, Item& item) {
  item.values.assign(100, index);
}

TEST(Prefetcher, HandsOutItemsInOrderAndKeepsEachUntilTheNext) {
  Prefetcher<Item> prefetcher({}, {}, 3, 1003, fill);
  for (int64_t i = 3; i < 1003; ++i) {
    const Item& item = prefetcher.next();
    for (int look = 0; look < 2;
         ++look) {  // the second look would race with a helper that reuses the buffer
      for (const int64_t value : item.values) ASSERT_EQ(value, i);
      std::this_thread::yield();
    }
  }
  EXPECT_THROW(prefetcher.next(), Error);
}

TEST(Prefetcher, BuildsOnlyOneItemAhead) {
  std::atomic<int64_t> made{0};
  Prefetcher<Item> prefetcher({}, {}, 0, 100, [&](int64_t i, Item& item) {
    fill(i, item);
    ++made;
  });
  for (int64_t i = 0; i < 10; ++i) {
    prefetcher.next();
    ASSERT_LE(made.load(), i + 2);
  }
}

TEST(Prefetcher, CountsTheTimeItHadToWait) {
  Prefetcher<Item> prefetcher({}, {}, 0, 1, [](int64_t, Item&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  });
  prefetcher.next();
  EXPECT_GT(prefetcher.waited_s(), 0.01);
}

TEST(Prefetcher, ForwardsWhatMakingThrewWhenItsTurnComes) {
  Prefetcher<Item> prefetcher({}, {}, 0, 10, [](int64_t i, Item& item) {
    if (i == 2) throw std::runtime_error("item two");
    fill(i, item);
  });
  EXPECT_EQ(prefetcher.next().values[0], 0);
  EXPECT_EQ(prefetcher.next().values[0], 1);
  for (int again = 0; again < 2; ++again) {
    try {
      prefetcher.next();
      FAIL() << "expected the error of item two";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "item two");
    }
  }
}

TEST(Prefetcher, CanBeDestroyedAtAnyTime) {
  for (int taken = 0; taken < 4; ++taken)
    for (int repeat = 0; repeat < 25; ++repeat) {
      std::atomic<int> made{0};
      {
        Prefetcher<Item> prefetcher({}, {}, 0, 1000, [&](int64_t i, Item& item) {
          fill(i, item);
          ++made;
        });
        for (int i = 0; i < taken; ++i) prefetcher.next();
      }
      EXPECT_LE(made, taken + 1);
    }
}

TEST(Prefetcher, OfNothingStartsAndStops) {
  Prefetcher<Item> prefetcher({}, {}, 5, 5, fill);
  EXPECT_THROW(prefetcher.next(), Error);
}

}  // namespace
}  // namespace laconic::data
