// The parts of the sparse sums by themselves: regions, the global threshold, balancing, gathering.
#include <gmock/gmock.h>

#include <numeric>
#include <random>

#include "comm/base/log2.hpp"
#include "comm/sparse/balance.hpp"
#include "comm/sparse/global_threshold.hpp"
#include "comm/sparse/pair_sets.hpp"
#include "comm/sparse/regions.hpp"
#include "tests/comm/group.hpp"

namespace laconic::comm::test {
namespace {

using testing::ElementsAre;

TEST(Regions, CoverTheSpaceAndAreTheSameOnAllRanks) {
  for (const int P : {1, 2, 3, 8})
    for (const int64_t n : {0, 1, 2, 7, 1000, 100000})
      for (const bool merged : {true, false}) {
        std::vector<std::vector<int64_t>> bounds(P);
        run_ranks_well(P, [&](Communicator& c) {
          std::vector<int32_t> selected;
          for (int64_t i = c.rank(); i < n; i += 3 + c.rank())
            selected.push_back(static_cast<int32_t>(i));
          Regions regions(P);
          if (merged)
            regions.cut_at_merged_quantiles(c, selected, n, n, 16);
          else
            regions.cut_at_mean_of_boundaries(c, selected, n);
          const auto all = regions.bounds();
          bounds[c.rank()].assign(all.begin(), all.end());
        });
        for (const auto& b : bounds) {
          EXPECT_EQ(b, bounds[0]);
          EXPECT_EQ(b.front(), 0);
          EXPECT_EQ(b.back(), n);
          EXPECT_TRUE(std::is_sorted(b.begin(), b.end())) << P << " " << n;
        }
      }
}

// The most selections that lie in one region, over the mean.
double skew(int P, int64_t n, bool merged, const std::vector<std::vector<int32_t>>& selected) {
  std::vector<int64_t> in_region(P, 0);
  run_ranks_well(P, [&](Communicator& c) {
    Regions regions(P);
    if (merged)
      regions.cut_at_merged_quantiles(c, selected[c.rank()], n, n, 32);
    else
      regions.cut_at_mean_of_boundaries(c, selected[c.rank()], n);
    if (c.rank() != 0) return;
    for (const auto& mine : selected)
      for (const int32_t index : mine)
        for (int r = 0; r < P; ++r)
          if (index >= regions.of(r).first && index < regions.of(r).end()) ++in_region[r];
  });
  int64_t total = 0;
  for (const int64_t count : in_region) total += count;
  return static_cast<double>(*std::max_element(in_region.begin(), in_region.end())) * P /
         static_cast<double>(total);
}

TEST(Regions, OfMergedQuantilesAreBalancedWhereMeansOfBoundariesAreNot) {
  constexpr int P = 8;
  constexpr int64_t n = 1 << 20;
  std::mt19937 random(5);
  // Each rank selects in a slice of its own.
  std::vector<std::vector<int32_t>> disjoint(P);
  // All ranks select in one slice of two percent.
  std::vector<std::vector<int32_t>> hot(P);
  for (int rank = 0; rank < P; ++rank) {
    for (int i = 0; i < 10000; ++i) {
      disjoint[rank].push_back(static_cast<int32_t>(n / P * rank + random() % (n / P)));
      hot[rank].push_back(static_cast<int32_t>(n / 3 + random() % (n / 50)));
    }
    std::sort(disjoint[rank].begin(), disjoint[rank].end());
    std::sort(hot[rank].begin(), hot[rank].end());
  }
  EXPECT_LE(skew(P, n, true, disjoint), 1.1);
  EXPECT_LE(skew(P, n, true, hot), 1.1);
  EXPECT_GE(skew(P, n, false, disjoint), 2.5);
  EXPECT_LE(skew(P, n, false, hot), 1.1);
}

TEST(Regions, SumBoundariesBeyondThirtyTwoBits) {
  constexpr int P = 8;
  const int64_t n = (int64_t{1} << 31) - 1;
  run_ranks_well(P, [&](Communicator& c) {
    std::vector<int32_t> selected;
    for (int i = 0; i < 64; ++i) selected.push_back(static_cast<int32_t>(n - 65 + i));
    Regions regions(P);
    regions.cut_at_mean_of_boundaries(c, selected, n);
    for (int r = 1; r < P; ++r) EXPECT_EQ(regions.of(r).first, n - 65 + 8 * r);
    regions.cut_at_merged_quantiles(c, selected, n, n, 64);
    EXPECT_EQ(regions.of(P - 1).end(), n);
    EXPECT_GT(regions.of(1).first, n / 2);
  });
}

TEST(Regions, AreBalancedWhereCountsMustBeHalvedToBeSummed) {
  constexpr int P = 16;
  constexpr int64_t n = 1024, most = int64_t{1} << 30;
  run_ranks_well(P, [&](Communicator& c) {
    std::vector<int32_t> selected(2 * P);  // the same on all ranks: never two in a cell
    std::iota(selected.begin(), selected.end(), 0);
    Regions regions(P);
    regions.cut_at_merged_quantiles(c, selected, most, n, n);
    for (int r = 0; r < P - 1; ++r) EXPECT_EQ(regions.of(r).length, 2) << r;
  });
}

TEST(GlobalSelect, FindsWhatSortingFinds) {
  std::mt19937 random(3);
  for (const int P : {1, 2, 3, 8})
    for (const int shift : {0, 16})
      for (const int kind : {0, 1, 2})
        for (const int64_t k : {1, 5, 100, 399, 10000}) {
          std::vector<std::vector<float>> values(P);
          std::vector<uint32_t> keys;
          const MagnitudeKey key{shift};
          for (auto& mine : values)
            for (int i = 0; i < 50; ++i) {
              const auto x = static_cast<float>(random() % 1000) - 500;
              mine.push_back(kind == 0 ? x : kind == 1 ? std::exp(x / 20) : 3.0f);
              keys.push_back(key(mine.back()));
            }
          std::sort(keys.rbegin(), keys.rend());
          const auto total = static_cast<int64_t>(keys.size());
          for (const uint32_t last : {0u, keys[0], key(1e-30f)})
            for (const bool to_the_key : {true, false})
              run_ranks_well(P, [&](Communicator& c) {
                GlobalSelect select;
                const GlobalThreshold found =
                    select.find(c, values[c.rank()], key, k, 16, k / 8, last, to_the_key);
                EXPECT_EQ(found.total, total);
                int64_t at_least = 0;
                for (const uint32_t each : keys) at_least += each >= found.lower ? 1 : 0;
                EXPECT_EQ(found.at_least, at_least);
                EXPECT_GE(at_least, std::min(k, total));
                if (total <= k) return;
                if (to_the_key) {
                  EXPECT_EQ(found.lower, keys[k - 1]);
                } else if (!found.only_ties_too_many) {
                  EXPECT_LE(at_least, k + k / 8);
                } else {
                  EXPECT_EQ(found.lower, keys[k - 1]);
                }
              });
        }
}

TEST(Balance, EvensOutAndKeepsTheOrder) {
  for (const int P : {1, 2, 3, 5, 8})
    for (const int loaded : {0, P - 1}) {
      std::vector<ops::SparseVector> pairs(P);
      std::vector<int64_t> counts(P);
      int32_t next = 0;
      for (int rank = 0; rank < P; ++rank) {
        counts[rank] = rank == loaded ? 1003 : rank;
        for (int64_t i = 0; i < counts[rank]; ++i, next += 3)
          pairs[rank].push_back(next, static_cast<float>(next) + 0.5f);
      }
      const int64_t total = next / 3;
      run_ranks_well(P, [&](Communicator& c) {
        Balance balance;
        balance.run(c, counts, {}, {0, next + 1}, pairs[c.rank()]);
      });
      int32_t expected = 0;
      for (int rank = 0; rank < P; ++rank) {
        EXPECT_NEAR(static_cast<double>(pairs[rank].size()), static_cast<double>(total) / P, 1);
        for (int64_t i = 0; i < pairs[rank].size(); ++i, expected += 3) {
          ASSERT_EQ(pairs[rank].indices[i], expected);
          ASSERT_EQ(pairs[rank].values[i], static_cast<float>(expected) + 0.5f);
        }
      }
      EXPECT_EQ(expected, next);
    }
}

TEST(Balance, PaysWhereOneRankHoldsEverything) {
  Balance balance;
  const Link slow{50e-6, 12.5e6};
  EXPECT_TRUE(balance.is_due(std::vector<int64_t>{80000, 0, 0, 0, 0, 0, 0, 0}, 8, slow));
  EXPECT_FALSE(balance.is_due(std::vector<int64_t>(8, 10000), 8, slow));
  EXPECT_FALSE(balance.is_due(std::vector<int64_t>(8, 0), 8, slow));
  EXPECT_TRUE(Balance::exceeds_four_times_the_mean(std::vector<int64_t>{41, 0, 0, 0, 9}));
  EXPECT_FALSE(Balance::exceeds_four_times_the_mean(std::vector<int64_t>{40, 0, 0, 10, 0}));
}

TEST(BlockGather, BringsAllBlocksToAllRanksInLogarithmicMessages) {
  for (const int P : {1, 2, 3, 5, 8, 13})
    run_ranks_well(P, [&](Communicator& c) {
      BlockGather gather;
      for (int round = 0; round < 3; ++round) {
        Bytes& block = gather.block();
        block.insert(block.end(), (c.rank() * 7 + round) % 5, std::byte(c.rank()));
        const Traffic before = c.traffic();
        gather.run(c, gather_tag);
        EXPECT_EQ((c.traffic() - before).messages_sent, log2_ceil(P));
        for (int r = 0; r < P; ++r) {
          EXPECT_EQ(std::ssize(gather.of(r)), (r * 7 + round) % 5);
          for (const std::byte b : gather.of(r)) EXPECT_EQ(b, std::byte(r));
        }
      }
    });
}

TEST(PairMessage, ReadsBackWhatWasWrittenAndRefusesTheRest) {
  ops::SparseVector pairs;
  for (int32_t i : {3, 4, 900, 70000}) pairs.push_back(i, 1.5f * static_cast<float>(i % 7));
  for (const auto codec : {ops::IndexCodec::plain, ops::IndexCodec::delta16, ops::IndexCodec::rice})
    for (const auto type : {ops::ValueType::float32, ops::ValueType::bfloat16}) {
      const PairFormat format{codec, type};
      Bytes bytes;
      write_spanning_pairs(format, view(pairs), bytes);
      ops::SparseVector back;
      EXPECT_EQ(read_spanning_pairs(format, bytes, {0, 70001}, back), std::ssize(bytes));
      EXPECT_EQ(back.indices, pairs.indices);
      EXPECT_EQ(back.values, pairs.values);
      EXPECT_THROW(read_spanning_pairs(format, bytes, {0, 70000}, back), Error);
      EXPECT_THROW(read_spanning_pairs(format, bytes, {4, 70001}, back), Error);
      for (size_t length = 0; length < bytes.size(); ++length)
        EXPECT_THROW(read_spanning_pairs(format, std::span(bytes).first(length), {0, 70001}, back),
                     Error);
    }
}

TEST(PairSets, AddAndSort) {
  ops::SparseVector a, b, out;
  a.push_back(1, 1), a.push_back(5, 2);
  b.push_back(0, 3), b.push_back(5, 4), b.push_back(9, 5);
  merge_sum(view(a), view(b), out);
  EXPECT_THAT(out.indices, ElementsAre(0, 1, 5, 9));
  EXPECT_THAT(out.values, ElementsAre(3, 1, 6, 5));
  intersect(view(b), std::vector<int32_t>{0, 1, 9}, out);
  EXPECT_THAT(out.indices, ElementsAre(0, 9));
  ops::SparseVector unsorted;
  unsorted.push_back(7, 1), unsorted.push_back(2, 2), unsorted.push_back(7, 4);
  std::vector<int64_t> order;
  sort_and_sum(unsorted, order, out);
  EXPECT_THAT(out.indices, ElementsAre(2, 7));
  EXPECT_THAT(out.values, ElementsAre(2, 5));
}

}  // namespace
}  // namespace laconic::comm::test
