// The sum of sparse lists against a map.
#include <gtest/gtest.h>

#include <cstring>

#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/ops/select/select.hpp"
#include "framework/ops/select/select_ref.hpp"
#include "tests/comm/allocations.hpp"

namespace laconic::ops {
namespace {

// Pairs at every index of [first, first + length) with this probability.
SparseVector scattered_pairs(uint64_t seed, int64_t first, int64_t length, double probability) {
  const Random random(seed, Stream::test);
  SparseVector list;
  for (int64_t i = first; i < first + length; ++i)
    if (random.uniform(2 * i) < probability)
      list.push_back(static_cast<int32_t>(i), static_cast<float>(random.normal(2 * i + 1)));
  return list;
}

void expect_same(const SparseVector& a, const SparseVector& b) {
  EXPECT_EQ(a.indices, b.indices);
  ASSERT_EQ(a.values.size(), b.values.size());
  if (a.size() > 0) {
    EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), a.values.size() * 4), 0);
  }
}

TEST(PairSum, IsWhatAMapGivesWindowAfterWindow) {
  PairSum sum;
  SparseVector out, expected;
  uint64_t seed = 0;
  for (const int64_t length : {0, 1, 63, 64, 65, 1000, 100003, 130, 1})
    for (const int64_t first : {int64_t{0}, int64_t{77}, INT32_MAX - length + 1})
      for (const double probability : {0.0, 0.01, 0.5, 1.0}) {
        std::vector<SparseVector> lists;
        sum.open(first, length);
        for (int rank = 0; rank < 5; ++rank) {
          lists.push_back(scattered_pairs(++seed, first, length, probability));
          sum.add(lists.back().indices, lists.back().values);
        }
        sum.take(out);
        pair_sum_ref(lists, expected);
        expect_same(out, expected);
      }
}

TEST(PairSum, KeepsSumsThatCancel) {
  PairSum sum;
  SparseVector out;
  sum.open(10, 5);
  sum.add(std::vector<int32_t>{11, 13}, std::vector<float>{1, -0.0f});
  sum.add(std::vector<int32_t>{11}, std::vector<float>{-1});
  sum.take(out);
  expect_same(out, {{11, 13}, {0.0f, 0.0f}});
}

TEST(PairSum, IsEmptyAfterTakeAndAfterOpen) {
  PairSum sum;
  SparseVector out;
  sum.open(0, 1000);
  const SparseVector list = scattered_pairs(1, 0, 1000, 0.3);
  sum.add(list.indices, list.values);
  sum.open(0, 10);  // nobody took the sums
  sum.take(out);
  EXPECT_EQ(out.size(), 0);
  sum.open(0, 1000);
  sum.add(list.indices, list.values);
  sum.take(out);
  expect_same(out, list);
  sum.take(out);
  EXPECT_EQ(out.size(), 0);
}

TEST(PairSum, RefusesListsThatLeaveTheWindow) {
  PairSum sum;
  sum.open(0, 1000);  // so that there would be memory
  sum.open(100, 50);
  const std::vector<float> two = {1, 2};
  EXPECT_THROW(sum.add(std::vector<int32_t>{99, 120}, two), Error);
  EXPECT_THROW(sum.add(std::vector<int32_t>{120, 150}, two), Error);
  EXPECT_THROW(sum.add(std::vector<int32_t>{120}, two), Error);
  EXPECT_THROW(sum.open(-1, 5), Error);
  EXPECT_THROW(sum.open(INT32_MAX, 2), Error);
  EXPECT_NO_THROW(sum.add(std::vector<int32_t>{100, 149}, two));
}

TEST(PairSum, AllocatesNothingTheSecondTime) {
  PairSum sum;
  SparseVector out;
  const SparseVector list = scattered_pairs(3, 0, 10000, 0.1);
  const auto round = [&](int64_t length) {
    sum.open(0, length);
    sum.add(list.indices, list.values);
    sum.take(out);
  };
  round(20000);
  comm::test::start_counting();
  round(10000);
  round(20000);
  EXPECT_EQ(comm::test::stop_counting(), 0);
}

}  // namespace
}  // namespace laconic::ops
