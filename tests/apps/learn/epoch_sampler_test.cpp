// Every group of clusters is dealt out once an epoch, whatever the ranks, and a position says all
// about the future.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "apps/laconic/learn/sampler/epoch.hpp"
#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

struct Fixture {
  data::Graph graph = planted_graph(230);
  data::ClusterBatches batches(int32_t parts, int32_t per_batch) const {
    return {graph.edges(),     {&graph.features},       graph.labels,
            graph.split.train, blocks_of(graph, parts), {},
            per_batch};
  }
};

using Clusters = std::vector<int32_t>;

TEST(TheEpochSampler, DealsEveryClusterOnceAnEpochToOneRank) {
  const Fixture f;
  for (const auto& [parts, per_batch] : {std::pair{23, 5}, {20, 5}, {3, 1}, {7, 7}}) {
    const data::ClusterBatches batches = f.batches(parts, per_batch);
    for (const int ranks : {1, 2, 4})
      for (const int64_t accumulate : {1, 3}) {
        EpochSampler sampler(batches, 5, ranks, accumulate);
        EpochPosition position;
        std::set<uint64_t> serials;
        for (int64_t epoch = 0; epoch < 3; ++epoch) {
          std::multiset<int32_t> dealt;
          int64_t labels = 0;
          for (int64_t s = 0; s < sampler.steps_per_epoch(); ++s) {
            EXPECT_EQ(position.epoch, epoch);
            int64_t here = 0;
            std::vector<int64_t> by_rank(ranks);
            for (int64_t a = 0; a < accumulate; ++a)
              for (int r = 0; r < ranks; ++r) {
                const auto group = sampler.group(position, a, r);
                dealt.insert(group.begin(), group.end());
                here += batches.labels_in(group);
                by_rank[r] += batches.labels_in(group);
                EXPECT_TRUE(group.empty() || serials.insert(sampler.serial(position, a, r)).second);
              }
            EXPECT_EQ(sampler.labels(position), here);
            for (int r = 0; r < ranks; ++r) EXPECT_EQ(sampler.labels(position, r), by_rank[r]);
            labels += here;
            sampler.advance(position);
          }
          EXPECT_EQ(dealt.size(), static_cast<size_t>(parts));
          EXPECT_EQ(std::set<int32_t>(dealt.begin(), dealt.end()).size(),
                    static_cast<size_t>(parts));
          EXPECT_EQ(labels, std::ssize(f.graph.split.train));
        }
      }
  }
}

TEST(TheEpochSampler, DealsTheSameOrderToAnyNumberOfRanks) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);
  const auto order = [&](int ranks, int64_t accumulate) {
    EpochSampler sampler(batches, 5, ranks, accumulate);
    std::vector<Clusters> groups;
    for (EpochPosition p; p.epoch < 2; sampler.advance(p))
      for (int64_t a = 0; a < accumulate; ++a)
        for (int r = 0; r < ranks; ++r)
          if (const auto group = sampler.group(p, a, r); !group.empty())
            groups.emplace_back(group.begin(), group.end());
    return groups;
  };
  EXPECT_EQ(order(1, 1).size(), 24u);
  EXPECT_EQ(order(1, 1), order(4, 1));
  EXPECT_EQ(order(1, 1), order(2, 3));
}

TEST(TheEpochSampler, ShufflesEveryEpochAnew) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);
  EpochSampler sampler(batches, 5, 1, 1);
  const auto first = [&](int64_t epoch) {
    const auto group = sampler.group({epoch, 0}, 0, 0);
    return Clusters(group.begin(), group.end());
  };
  const Clusters zero = first(0);
  EXPECT_TRUE(first(1) != zero || first(2) != zero);
  EXPECT_EQ(first(0), zero);  // and can go back
}

TEST(TheEpochSampler, JumpsWhereItWouldHaveWalked) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);  // 12 groups
  for (const int ranks : {1, 2, 5}) {
    const EpochSampler sampler(batches, 5, ranks, 1);
    // A start in mid-epoch that this number of ranks would never reach: a run resumed with another
    // number.
    for (const EpochPosition start : {EpochPosition{0, 0}, {1, 3}, {2, 11}}) {
      EpochPosition walked = start;
      for (int64_t steps = 0; walked.epoch < 5; ++steps, sampler.advance(walked)) {
        const EpochPosition jumped = sampler.after(start, steps);
        EXPECT_EQ(jumped.epoch, walked.epoch);
        EXPECT_EQ(jumped.groups_done, walked.groups_done);
        EXPECT_EQ(sampler.steps_until(start, 5), steps + sampler.steps_until(walked, 5));
      }
      EXPECT_EQ(sampler.steps_until(walked, 5), 0);
    }
  }
}

TEST(TheEpochSampler, WarnsOfRanksWithoutABatchAndOfStepsWithoutALabel) {
  Fixture f;
  const data::ClusterBatches three = f.batches(3, 1);
  EXPECT_TRUE(EpochSampler(three, 1, 3, 1).warnings().empty());
  EXPECT_TRUE(EpochSampler(three, 1, 2, 4).warnings().empty());
  const auto idle = EpochSampler(three, 1, 5, 1).warnings();
  ASSERT_EQ(idle.size(), 1u);
  EXPECT_THAT(idle[0], testing::HasSubstr("2 of 5 ranks are idle"));
  EXPECT_EQ(EpochSampler(three, 1, 2, 1).idle_in_last(), 1);
  EXPECT_EQ(EpochSampler(three, 1, 3, 1).idle_in_last(), 0);
  EXPECT_EQ(EpochSampler(three, 1, 2, 2).idle_in_last(), 0);
  for (const int32_t node : f.graph.split.train)
    if (node >= 115) f.graph.labels.single[node] = -1;
  const data::ClusterBatches half = f.batches(10, 1);
  const auto empty = EpochSampler(half, 1, 1, 1).warnings();
  ASSERT_EQ(empty.size(), 1u);
  EXPECT_THAT(empty[0], testing::HasSubstr("5 of 10 steps of the first epoch have no label"));
}

}  // namespace
}  // namespace laconic::test
