// Top-k with memory, against a sort of all elements.
#include "comm/gradient/top_k_memory.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "tests/comm/gradient/pair_formats.hpp"

namespace laconic::comm::test {
namespace {

const Context context{.seed = 1, .threads = 1, .isa = detect_isa()};

std::vector<float> drawn(size_t n, uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(engine);
  return values;
}

// The same by a sort: the k largest magnitudes of each region, the lowest index first.
void compress_ref(const std::vector<int64_t>& sizes, double density, const PairFormat& format,
                  std::span<const float> update, std::vector<float>& e, ops::SparseVector& s) {
  s.clear();
  for (size_t i = 0; i < e.size(); ++i) e[i] += update[i];
  int64_t begin = 0;
  for (const int64_t size : sizes) {
    const int64_t k =
        std::max<int64_t>(1, static_cast<int64_t>(density * static_cast<double>(size)));
    std::vector<int32_t> order(size);
    std::iota(order.begin(), order.end(), static_cast<int32_t>(begin));
    std::ranges::stable_sort(order,
                             [&](int32_t a, int32_t b) { return std::abs(e[a]) > std::abs(e[b]); });
    order.resize(std::min<int64_t>(k, size));
    std::ranges::sort(order);
    for (const int32_t i : order)
      if (e[i] != 0) s.push_back(i, format.rounded(e[i]));
    begin += size;
  }
  for (int64_t i = 0; i < s.size(); ++i) e[s.indices[i]] -= s.values[i];
}

TEST(TopKWithMemory, IsThatOfASort) {
  const std::vector<int64_t> sizes{1000, 1, 37, 200};
  for (const PairFormat& format : {plain_pairs, small_pairs})
    for (const double density : {0.003, 0.05, 1.0}) {
      TopKMemory memory(context, sizes, density, format);
      std::vector<float> e(1238), expected(e.size());
      ops::SparseVector s, reference;
      for (uint64_t step = 0; step < 20; ++step) {
        std::vector<float> update = drawn(e.size(), step);
        for (size_t i = 0; i < 100; ++i) update[i] = step % 2 == 0 ? 0.5f : -0.5f;  // ties
        ASSERT_TRUE(memory.compress(update, e, s));
        compress_ref(sizes, density, format, update, expected, reference);
        ASSERT_EQ(s.indices, reference.indices) << density;
        ASSERT_EQ(s.values, reference.values);
        ASSERT_EQ(e, expected);
        ASSERT_LE(s.size(), memory.pairs());
      }
    }
}

TEST(TopKWithMemory, KeepsOnePercentOfEachTensor) {
  const std::vector<int64_t> tensors{784 * 512, 512, 512 * 10, 10};
  const auto pairs = [&](const std::vector<int64_t>& sizes) {
    return TopKMemory(context, sizes, 0.01, plain_pairs).pairs();
  };
  EXPECT_EQ(pairs(tensors), 4014 + 5 + 51 + 1);
  EXPECT_EQ(pairs({784 * 512 + 512 + 512 * 10 + 10}), 4070);  // of the whole network
  TopKMemory memory(context, tensors, 0.01, plain_pairs);
  std::vector<float> e(407050);
  ops::SparseVector s;
  ASSERT_TRUE(memory.compress(drawn(e.size(), 1), e, s));
  EXPECT_EQ(s.size(), 4071);
}

TEST(TopKWithMemory, LosesNothing) {
  for (const PairFormat& format : {plain_pairs, small_pairs}) {
    TopKMemory memory(context, std::vector<int64_t>{300, 200}, 0.02, format);
    std::vector<float> e(500);
    std::vector<double> sent(500), wanted(500);
    ops::SparseVector s;
    for (uint64_t step = 0; step < 200; ++step) {
      const std::vector<float> update = drawn(500, step);
      ASSERT_TRUE(memory.compress(update, e, s));
      for (int i = 0; i < 500; ++i) wanted[i] += update[i];
      for (int64_t i = 0; i < s.size(); ++i) sent[s.indices[i]] += s.values[i];
    }
    for (int i = 0; i < 500; ++i) EXPECT_NEAR(sent[i] + e[i], wanted[i], 2e-5) << i;
  }
}

TEST(TopKWithMemory, OfAllElementsHasAnEmptyMemory) {
  TopKMemory memory(context, std::vector<int64_t>{30, 20}, 1, plain_pairs);
  std::vector<float> e(50);
  ops::SparseVector s;
  for (uint64_t step = 0; step < 5; ++step) {
    const std::vector<float> update = drawn(50, step);
    ASSERT_TRUE(memory.compress(update, e, s));
    EXPECT_EQ(s.values, update);
    EXPECT_EQ(e, std::vector<float>(50));
  }
}

TEST(TopKWithMemory, RefusesWhatIsNotFinite) {
  TopKMemory memory(context, std::vector<int64_t>{30, 20}, 0.1, plain_pairs);
  std::vector<float> e = drawn(50, 1);
  const std::vector<float> before = e;
  ops::SparseVector s;
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> update = drawn(50, 2);
    update[45] = bad;
    EXPECT_FALSE(memory.compress(update, e, s));
    EXPECT_EQ(e, before);
  }
}

}  // namespace
}  // namespace laconic::comm::test
