// Volume on many ranks, counted on the model transport: at every step of exact Ok-Topk, on four
// kinds of data, at most six words a selected pair; and of TopkA, as a control, more and more.
#include "apps/laconic/verbs/bench/scaling.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/comm/sparse/data.hpp"

namespace laconic::test {
namespace {

// LACONIC_TEST_FULL=1 goes to 4,096 ranks, which takes half an hour.
std::vector<int> numbers_of_ranks() {
  if (comm::test::sanitized) return {8, 32};
  if (std::getenv("LACONIC_TEST_FULL") != nullptr) return {8, 64, 512, 1024, 2048, 4096};
  return {8, 64, 128};
}

ScalingCase plain(int ranks, const std::string& data, int64_t elements = 1 << 18) {
  ScalingCase c;
  c.ranks = ranks;
  c.data = data;
  c.elements = elements;
  c.pairs = elements / 100;
  c.keys.set("index_codec", "plain");
  c.link = {50e-6, 1.25e9};
  return c;
}

TEST(Scaling, OfExactOkTopkKeepsToSixWordsAPairOnAnyNumberOfRanks) {
  for (const int P : numbers_of_ranks())
    for (const char* data : {"uniform", "decaying", "hot_slice", "rank_disjoint"}) {
      const ScalingCase c = plain(P, data);
      const ScalingPoint p = scaling_point(c);
      const auto k = static_cast<double>(c.pairs);
      EXPECT_LE(p.bytes, 4 * 6 * k + 64 * P) << P << " " << data;
      EXPECT_LE(p.selection_bytes, 0.1 * 4 * 4 * k) << P << " " << data;
      std::printf("P=%d %s: %.2f k words, selection %.1f %% of 4k words, %.0f messages\n", P, data,
                  p.bytes / 4 / k, p.selection_bytes / (0.16 * k), p.messages);
    }
}

// As on 4,096 ranks and a million elements.
TEST(Scaling, OfExactOkTopkKeepsToSixWordsAPairWhereARankOwnsTwoOrThree) {
  for (const char* data : {"uniform", "decaying", "hot_slice", "rank_disjoint"}) {
    const ScalingCase c = plain(comm::test::sanitized ? 32 : 256, data, 1 << 16);
    const ScalingPoint p = scaling_point(c);
    const auto k = static_cast<double>(c.pairs);
    EXPECT_LE(p.bytes, 4 * 6 * k + 64 * c.ranks) << data;
    std::printf("%s: %.2f k words\n", data, p.bytes / 4 / k);
  }
}

TEST(Scaling, OfTopkAGrowsWithTheRanks) {
  ScalingCase few = plain(8, "uniform");
  ScalingCase many = plain(64, "uniform");
  few.algorithm = many.algorithm = "topka";
  EXPECT_NEAR(scaling_point(many).bytes / scaling_point(few).bytes, 9, 0.1);
}

}  // namespace
}  // namespace laconic::test
