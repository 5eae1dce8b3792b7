// Selection on every instruction set against sorting, and the checker of a selection against
// selections that are wrong.
#include "framework/ops/select/select.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/ops/select/guess.hpp"
#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/select/select_ref.hpp"
#include "tests/comm/allocations.hpp"
#include "tests/framework/ops/accumulators.hpp"

namespace laconic::ops {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::vector<Isa> available() {
  std::vector<Isa> all;
  for (const Isa isa : {Isa::generic, Isa::avx2, Isa::avx512})
    if (isa <= detect_isa()) all.push_back(isa);
  return all;
}

std::vector<uint32_t> bits(std::span<const float> values) {
  std::vector<uint32_t> result(values.size());
  if (!values.empty()) std::memcpy(result.data(), values.data(), values.size_bytes());
  return result;
}

// What is wrong with a claim of the k largest, by the definition; "" where nothing is.
std::string fault(const Accumulator& accumulator, int64_t k, const SparseVector& claim) {
  std::vector<float> acc(accumulator.gradient.size());
  accumulate_ref(accumulator, acc);
  const int64_t n = accumulator.size();
  const int64_t nonzeros = n - std::count(acc.begin(), acc.end(), 0.0f);
  if (claim.indices.size() != claim.values.size()) return "indices without values";
  if (claim.size() != std::min(k, nonzeros)) return "wrong number";
  std::vector<bool> chosen(n);
  uint32_t smallest = UINT32_MAX;
  int64_t last_smallest = -1;  // the last chosen element of the smallest magnitude
  for (int64_t i = 0, previous = -1; i < claim.size(); ++i) {
    const int32_t index = claim.indices[i];
    if (index <= previous || index >= n) return "indices not ascending";
    previous = index;
    if (bits({&claim.values[i], 1}) != bits({&acc[index], 1})) return "another value";
    if (acc[index] == 0) return "a zero";
    chosen[index] = true;
    const uint32_t magnitude = magnitude_bits(acc[index]);
    if (magnitude <= smallest) last_smallest = index;
    smallest = std::min(smallest, magnitude);
  }
  for (int64_t i = 0; i < n && claim.size() > 0; ++i) {
    if (chosen[i]) continue;
    const uint32_t magnitude = magnitude_bits(acc[i]);
    if (magnitude > smallest) return "a larger one is missing";
    if (magnitude == smallest && i < last_smallest) return "a tie with a lower index is missing";
  }
  return "";
}

class EveryIsa : public testing::TestWithParam<Isa> {
 protected:
  Context context{.isa = GetParam()};
  SelectScratch scratch;
  SparseVector out;
};
INSTANTIATE_TEST_SUITE_P(Isa, EveryIsa, testing::ValuesIn(available()),
                         [](const auto& each) { return isa_name(each.param); });

// 40003 is long enough for a sample, and its buffer of candidates overflows.
constexpr int64_t lengths[] = {0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 1000, 4099, 40003};

TEST_P(EveryIsa, TopKIsWhatSortingGives) {
  SparseVector expected;
  for (const Shape& shape : shapes())
    for (const int64_t n : lengths) {
      const Data data = shape.make(n);
      for (const int64_t k :
           {int64_t{0}, int64_t{1}, int64_t{7}, n / 100, n / 3, n - 1, n, n + 5}) {
        SCOPED_TRACE(testing::Message() << shape.name << " n " << n << " k " << k);
        const Selected selected = top_k(context, data.accumulator(), k, scratch, out);
        const Selected truth = top_k_ref(data.accumulator(), k, expected);
        EXPECT_TRUE(selected.finite);
        EXPECT_EQ(selected.threshold, truth.threshold);
        EXPECT_EQ(out.indices, expected.indices);
        EXPECT_EQ(bits(out.values), bits(expected.values));
        EXPECT_EQ(fault(data.accumulator(), std::max<int64_t>(k, 0), out), "");
      }
    }
}

TEST_P(EveryIsa, AboveIsWhatSortingGives) {
  SparseVector expected;
  for (const Shape& shape : shapes())
    for (const int64_t n : lengths) {
      const Data data = shape.make(n);
      const uint32_t some = n == 0 ? 0 : top_k_ref(data.accumulator(), n / 7, expected).threshold;
      for (const uint32_t threshold : {0u, 1u, some, some + 1, infinite_magnitude, UINT32_MAX}) {
        SCOPED_TRACE(testing::Message() << shape.name << " n " << n << " threshold " << threshold);
        const Selected selected = above(context, data.accumulator(), threshold, out);
        const Selected truth = above_ref(data.accumulator(), threshold, expected);
        EXPECT_TRUE(selected.finite);
        EXPECT_EQ(selected.threshold, truth.threshold);
        EXPECT_EQ(out.indices, expected.indices);
        EXPECT_EQ(bits(out.values), bits(expected.values));
      }
    }
}

// The samples see large elements and take the rest to be like them; the rest rises, so that the
// last pass must raise its bound again and again.
TEST_P(EveryIsa, TopKIsExactWhereTheSamplesMislead) {
  const int64_t n = 100003, k = 2000;
  for (int misled = 1; misled <= attempts; ++misled) {
    Data data = from(n, [](int64_t i) { return 1 + static_cast<float>(i); });
    for (int attempt = 0; attempt < misled; ++attempt) {
      const Sample sample(n, attempt);
      for (int64_t b = 0; b < 40; ++b)
        for (int64_t i = 0; i < Sample::block; ++i)
          data.gradient[sample.first_of(b) + i] = 1e6f + static_cast<float>(i);
    }
    std::vector<float> memory;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      const auto bound = static_cast<uint32_t>(guess_bound(
          select_kernels(context.isa), {nullptr, data.gradient.data(), 1}, n, k, attempt, memory));
      const int64_t candidates = std::count_if(data.gradient.begin(), data.gradient.end(),
                                               [&](float x) { return magnitude_bits(x) > bound; });
      ASSERT_EQ(candidates < k, attempt < misled) << "the guess is not as this test needs it";
    }
    top_k(context, data.accumulator(), k, scratch, out);
    EXPECT_EQ(fault(data.accumulator(), k, out), "");
  }
}

// Where the buffer fills up with nothing but ties and larger ones, hardly any of its front goes.
TEST_P(EveryIsa, TopKIsExactWhereTheBufferIsFullOfTies) {
  constexpr int64_t n = 40003;
  Data data;
  for (int64_t i = 0; i < n; ++i)
    data.gradient.push_back(static_cast<float>(1 + (i * 2654435761u >> 7) % 10 / 7));
  SparseVector expected;
  for (int64_t k = n / 4; k < n / 4 + 80; ++k) {
    const Selected selected = top_k(context, data.accumulator(), k, scratch, out);
    EXPECT_EQ(selected.threshold, top_k_ref(data.accumulator(), k, expected).threshold);
    EXPECT_EQ(fault(data.accumulator(), k, out), "") << "k " << k;
  }
}

TEST_P(EveryIsa, TheGuessSelectsALittleTooMany) {
  const int64_t n = 1 << 20, k = n / 100;
  const Data data = shapes().front().make(n);
  std::vector<float> memory;
  const auto bound = static_cast<uint32_t>(
      guess_bound(select_kernels(context.isa), {data.residual.data(), data.gradient.data(), 1}, n,
                  k, 0, memory));
  above(context, data.accumulator(), bound + 1, out);
  EXPECT_GE(out.size(), k);
  EXPECT_LE(out.size(), 2 * k);
}

// Rows of an embedding: the large ones come 256 at a time, and a sample meets few rows, one more or
// less. Four deviations of single elements would be too few in one trial of eight.
TEST_P(EveryIsa, TheGuessIsLowEnoughForCrowds) {
  const int64_t n = 1 << 22, crowd = 256, k = n / 100 / crowd * crowd;
  std::vector<float> gradient(n), memory;
  for (int64_t i = 0; i < n; ++i) gradient[i] = static_cast<float>(i * 7919 % 1009) / 1009;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Random random(seed, Stream::test);
    std::vector<float> data = gradient;
    for (int64_t large = 0, draw = 0; large < k; ++draw) {
      const auto row = static_cast<int64_t>(random.below(draw, n / crowd)) * crowd;
      if (data[row] >= 1) continue;
      for (int64_t i = row; i < row + crowd; ++i) data[i] = 1 + gradient[i];
      large += crowd;
    }
    EXPECT_LT(guess_bound(select_kernels(context.isa), {nullptr, data.data(), 1}, n, k, 0, memory),
              static_cast<int32_t>(magnitude_bits(1)))
        << seed;
  }
}

TEST_P(EveryIsa, WhatIsNotFiniteIsAlwaysSeen) {
  for (const int64_t n : {int64_t{1}, int64_t{17}, int64_t{1000}, int64_t{40003}})
    for (const float odd : {nan, -nan, inf, -inf})
      for (const int64_t at : {int64_t{0}, n / 2, n - 1})
        for (const char* shape : {"normal", "zeros", "rising", "all_equal"}) {
          const auto found = std::find_if(shapes().begin(), shapes().end(), [&](const Shape& each) {
            return std::string(each.name) == shape;
          });
          Data data = found->make(n);
          data.gradient[at] = odd;
          for (const int64_t k : {int64_t{0}, int64_t{1}, n / 100, n / 3, n}) {
            out.push_back(1, 1);
            const Selected selected = top_k(context, data.accumulator(), k, scratch, out);
            EXPECT_FALSE(selected.finite) << shape << " n " << n << " k " << k << " at " << at;
            EXPECT_EQ(out.size(), 0);
          }
          for (const uint32_t threshold : {0u, 0x3f800000u, infinite_magnitude, UINT32_MAX}) {
            out.push_back(1, 1);
            EXPECT_FALSE(above(context, data.accumulator(), threshold, out).finite);
            EXPECT_EQ(out.size(), 0);
          }
        }
}

TEST_P(EveryIsa, SumsThatOverflowAreNotFinite) {
  Data data = from(100, [](int64_t) { return 1.0f; });
  data.residual.assign(100, 1);
  EXPECT_TRUE(top_k(context, data.accumulator(), 5, scratch, out).finite);
  data.residual[77] = data.gradient[77] = FLT_MAX;
  EXPECT_FALSE(top_k(context, data.accumulator(), 5, scratch, out).finite);
  EXPECT_FALSE(above(context, data.accumulator(), 1, out).finite);
}

TEST_P(EveryIsa, AccumulateRoundsTheProduct) {
  for (const Shape& shape : shapes())
    for (const int64_t n : lengths) {
      const Data data = shape.make(n);
      std::vector<float> expected(n), result(n);
      accumulate_ref(data.accumulator(), expected);
      accumulate(context, data.accumulator(), result);
      EXPECT_EQ(bits(result), bits(expected)) << shape.name << " n " << n;
      if (data.residual.empty()) continue;
      std::vector<float> in_place = data.residual;
      accumulate(context, {in_place, data.gradient, data.scale}, in_place);
      EXPECT_EQ(bits(in_place), bits(expected)) << shape.name << " n " << n;
    }
}

TEST_P(EveryIsa, AllFiniteFindsTheOneThatIsNot) {
  for (const int64_t n : lengths) {
    std::vector<float> values(n, -FLT_MAX);
    EXPECT_TRUE(all_finite(context, values));
    for (int64_t i = 0; i < n; i += std::max<int64_t>(1, n / 37))
      for (const float broken : {INFINITY, -INFINITY, NAN, -NAN}) {
        values[i] = broken;
        EXPECT_FALSE(all_finite(context, values)) << n << " " << i;
        values[i] = 0;
      }
  }
}

// Control of AccumulateRoundsTheProduct: on its data a fused product gives other bits.
TEST(AccumulateRoundsTheProduct, AndFusingItWouldShow) {
  const auto scaled = std::find_if(shapes().begin(), shapes().end(),
                                   [](const Shape& shape) { return shape.make(1).scale != 1; });
  ASSERT_NE(scaled, shapes().end());
  const Data data = scaled->make(1000);
  std::vector<float> expected(1000);
  accumulate_ref(data.accumulator(), expected);
  int64_t different = 0;
  for (int64_t i = 0; i < 1000; ++i)
    different += std::fma(data.scale, data.residual[i], data.gradient[i]) != expected[i];
  EXPECT_GT(different, 100);
}

TEST_P(EveryIsa, SignsOfZeros) {
  std::vector<float> result(1);
  const std::vector<float> plus = {0.0f}, minus = {-0.0f};
  accumulate(context, {minus, minus}, result);
  EXPECT_TRUE(std::signbit(result[0]));
  accumulate(context, {plus, minus}, result);
  EXPECT_FALSE(std::signbit(result[0]));
  accumulate(context, {{}, minus}, result);  // no residual: zeros
  EXPECT_FALSE(std::signbit(result[0]));
}

TEST_P(EveryIsa, MomentsAreTheSameBitsEverywhereAndRight) {
  for (const Shape& shape : shapes())
    for (const int64_t n : lengths) {
      SCOPED_TRACE(testing::Message() << shape.name << " n " << n);
      const Data data = shape.make(n);
      const Moments result = moments(context, data.accumulator());
      const Moments generic = moments({.isa = Isa::generic}, data.accumulator());
      EXPECT_EQ(result.mean, generic.mean);
      EXPECT_EQ(result.deviation, generic.deviation);
      const Moments truth = moments_ref(data.accumulator());
      EXPECT_NEAR(result.mean, truth.mean, 1e-14 * std::hypot(truth.mean, truth.deviation));
      EXPECT_NEAR(result.deviation, truth.deviation,
                  1e-12 * truth.deviation + 1e-16 * std::abs(truth.mean));
    }
}

TEST_P(EveryIsa, ALargeMeanDoesNotSwallowTheDeviation) {
  const Data data = from(100003, [](int64_t i) { return 1e7f + static_cast<float>(i % 2); });
  EXPECT_NEAR(moments(context, data.accumulator()).deviation, 0.5, 1e-8);
}

TEST_P(EveryIsa, AllocatesNothingTheSecondTime) {
  const Data data = shapes().front().make(100003);
  SparseVector other;
  top_k(context, data.accumulator(), 1000, scratch, out);
  above(context, data.accumulator(), 0x40000000u, other);
  comm::test::start_counting();
  top_k(context, data.accumulator(), 1000, scratch, out);
  top_k(context, data.accumulator(), 900, scratch, out);
  top_k(context, data.accumulator(), 1000, scratch, out);
  above(context, data.accumulator(), 0x40000000u, other);
  above(context, data.accumulator(), 0x40100000u, other);
  above(context, data.accumulator(), 0x40000000u, other);
  EXPECT_EQ(comm::test::stop_counting(), 0);
}

TEST_P(EveryIsa, RefusesAResidualOfAnotherLength) {
  const std::vector<float> three(3), four(4);
  EXPECT_THROW(top_k(context, {three, four}, 1, scratch, out), Error);
}

// Negative controls: what a selection may get wrong, and the checker must find.
class TheSelectionChecker : public testing::Test {
 protected:
  // Magnitudes 3 2 2 2 1 0: the two largest are elements 0 and 1.
  Data data = from(6, [](int64_t i) { return std::vector<float>{3, -2, 2, 2, 1, 0}[i]; });
  SparseVector claim;
  std::string found(int64_t k = 2) { return fault(data.accumulator(), k, claim); }
};

TEST_F(TheSelectionChecker, AcceptsTheTruth) {
  claim = {{0, 1}, {3, -2}};
  EXPECT_EQ(found(), "");
}
TEST_F(TheSelectionChecker, CatchesTheLastTie) {
  claim = {{0, 3}, {3, 2}};
  EXPECT_EQ(found(), "a tie with a lower index is missing");
}
TEST_F(TheSelectionChecker, CatchesASmallerOne) {
  claim = {{0, 4}, {3, 1}};
  EXPECT_EQ(found(), "a larger one is missing");
}
TEST_F(TheSelectionChecker, CatchesOneTooFew) {
  claim = {{0}, {3}};
  EXPECT_EQ(found(), "wrong number");
}
TEST_F(TheSelectionChecker, CatchesAZero) {
  claim = {{0, 1, 2, 3, 5}, {3, -2, 2, 2, 0}};
  EXPECT_EQ(found(5), "a zero");
}
TEST_F(TheSelectionChecker, CatchesAValueWithAnotherSign) {
  claim = {{0, 1}, {3, 2}};
  EXPECT_EQ(found(), "another value");
}
TEST_F(TheSelectionChecker, CatchesADisorder) {
  claim = {{1, 0}, {-2, 3}};
  EXPECT_EQ(found(), "indices not ascending");
}

SparseVector pairs_of(const Data& data) {
  SparseVector pairs;
  for (int64_t i = 0; i < data.accumulator().size(); ++i)
    pairs.push_back(static_cast<int32_t>(3 * i + 1), data.gradient[i]);
  return pairs;
}

TEST(TopKOfPairs, IsWhatSortingGives) {
  SparseVector dropped, expected_dropped;
  for (const Shape& shape : shapes())
    for (const int64_t n : lengths)
      for (const int64_t k : {int64_t{0}, int64_t{1}, n / 100, n / 3, n - 1, n, n + 5}) {
        SCOPED_TRACE(testing::Message() << shape.name << " n " << n << " k " << k);
        SparseVector pairs = pairs_of(shape.make(n)), expected = pairs;
        top_k(pairs, k, dropped);
        top_k_ref(expected, k, expected_dropped);
        EXPECT_EQ(pairs.indices, expected.indices);
        EXPECT_EQ(bits(pairs.values), bits(expected.values));
        EXPECT_EQ(dropped.indices, expected_dropped.indices);
        EXPECT_EQ(bits(dropped.values), bits(expected_dropped.values));
      }
}

TEST(TopKOfPairs, PutsNanAboveInfinityAboveNumbersAboveZeros) {
  SparseVector dropped;
  for (const auto& [k, expected] : std::vector<std::pair<int64_t, std::vector<int32_t>>>{
           {1, {3}}, {2, {1, 3}}, {3, {1, 3, 4}}, {4, {0, 1, 3, 4}}, {5, {0, 1, 2, 3, 4}}}) {
    SparseVector pairs{{0, 1, 2, 3, 4}, {-0.0f, -inf, 0.0f, nan, -FLT_MAX}};
    top_k(pairs, k, dropped);
    EXPECT_EQ(pairs.indices, expected);
  }
}

TEST(TopKOfPairs, AllocatesNothingTheSecondTime) {
  SparseVector dropped;
  const SparseVector all = pairs_of(shapes().front().make(10000));
  SparseVector pairs = all;
  top_k(pairs, 1000, dropped);
  pairs = all;
  comm::test::start_counting();
  top_k(pairs, 1000, dropped);
  EXPECT_EQ(comm::test::stop_counting(), 0);
}

}  // namespace
}  // namespace laconic::ops
