#include "framework/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace laconic {
namespace {

using Counter = std::array<uint32_t, 4>;

// Random123's tests/kat_vectors, "philox4x32 10".
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

constexpr uint64_t n = 200'000;

TEST(Random, UniformHasTheMomentsOfTheUniformDistribution) {
  const Random random(1, Stream::test);
  double sum = 0, squares = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const double u = random.uniform(i);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }
  // Five standard errors: sqrt(1/12/n), and sqrt(4/45/n) for the second moment.
  EXPECT_NEAR(sum / n, 1.0 / 2, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(Random, NormalHasTheMomentsOfTheNormalDistribution) {
  const Random random(2, Stream::test);
  std::array<double, 5> moments{};
  for (uint64_t i = 0; i < n; ++i) {
    const double x = random.normal(i);
    double power = 1;
    for (double& moment : moments) moment += power, power *= x;
  }
  for (double& moment : moments) moment /= n;
  // Five standard errors; the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
  EXPECT_NEAR(moments[1], 0, 5 * std::sqrt(1.0 / n));
  EXPECT_NEAR(moments[2], 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(moments[3], 0, 5 * std::sqrt(15.0 / n));
  EXPECT_NEAR(moments[4], 3, 5 * std::sqrt(96.0 / n));
}

TEST(Random, BelowIsEvenAndStaysBelow) {
  const Random random(3, Stream::test);
  std::array<int64_t, 7> counts{};
  for (uint64_t i = 0; i < n; ++i) ++counts.at(random.below(i, 7));
  double chi2 = 0;
  for (const int64_t count : counts) chi2 += std::pow(count - n / 7.0, 2) / (n / 7.0);
  EXPECT_LT(chi2, 22.5);  // 6 degrees of freedom, 0.1 %
}

TEST(Random, EachOfSeedStreamStepSubstreamAndIndexChangesTheBits) {
  std::set<uint64_t> seen;
  for (const uint64_t seed : {0, 1})
    for (const Stream stream : {Stream::dropout, Stream::data})
      for (const uint64_t step : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40})
        for (const uint32_t substream : {0u, 1u})
          for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40})
            seen.insert(Random(seed, stream, step, substream).word(index));
  EXPECT_EQ(seen.size(), 2u * 2 * 3 * 2 * 3);
}

TEST(Random, ShuffleIsAPermutationAndAFunctionOfTheGenerator) {
  std::vector<int32_t> sorted(1000);
  std::iota(sorted.begin(), sorted.end(), 0);
  auto a = sorted, b = sorted, c = sorted;
  Random(4, Stream::epoch_order, 1).shuffle(a);
  Random(4, Stream::epoch_order, 1).shuffle(b);
  Random(4, Stream::epoch_order, 2).shuffle(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, sorted);
  std::sort(a.begin(), a.end());
  EXPECT_EQ(a, sorted);
}

TEST(Random, ShuffleReachesAllPermutationsEvenly) {
  std::array<int64_t, 27> counts{};
  for (uint64_t step = 0; step < 60'000; ++step) {
    std::array<int32_t, 3> v = {0, 1, 2};
    Random(5, Stream::test, step).shuffle(v);
    ++counts[static_cast<size_t>(9 * v[0] + 3 * v[1] + v[2])];
  }
  double chi2 = 0;
  int permutations = 0;
  for (const int64_t count : counts) {
    if (count == 0) continue;
    ++permutations;
    chi2 += std::pow(count - 10'000.0, 2) / 10'000.0;
  }
  EXPECT_EQ(permutations, 6);
  EXPECT_LT(chi2, 20.5);  // 5 degrees of freedom, 0.1 %
}

}  // namespace
}  // namespace laconic
