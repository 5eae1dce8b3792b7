// Every group of clusters is dealt out once an epoch, whatever the ranks, and a position says all
// about the future.
#include "apps/laconic/train/batch_cursor.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

struct Fixture {
  data::Graph graph = planted_graph(230);
  data::ClusterBatches batches(int32_t parts, int32_t per_batch) const {
    return {graph.pattern(),   {&graph.features},       graph.labels,
            graph.split.train, blocks_of(graph, parts), {},
            per_batch};
  }
};

using Clusters = std::vector<int32_t>;

TEST(TheCursor, DealsEveryClusterOnceAnEpochToOneRank) {
  const Fixture f;
  for (const auto& [parts, per_batch] : {std::pair{23, 5}, {20, 5}, {3, 1}, {7, 7}}) {
    const data::ClusterBatches batches = f.batches(parts, per_batch);
    for (const int ranks : {1, 2, 4})
      for (const int64_t accumulate : {1, 3}) {
        BatchCursor cursor(batches, 5, ranks, accumulate);
        BatchPosition position;
        std::set<uint64_t> serials;
        for (int64_t epoch = 0; epoch < 3; ++epoch) {
          std::multiset<int32_t> dealt;
          int64_t labels = 0;
          for (int64_t s = 0; s < cursor.steps_per_epoch(); ++s) {
            EXPECT_EQ(position.epoch, epoch);
            int64_t here = 0;
            for (int64_t a = 0; a < accumulate; ++a)
              for (int r = 0; r < ranks; ++r) {
                const auto group = cursor.group(position, a, r);
                dealt.insert(group.begin(), group.end());
                here += batches.labels_in(group);
                EXPECT_TRUE(group.empty() || serials.insert(cursor.serial(position, a, r)).second);
              }
            EXPECT_EQ(cursor.labels(position), here);
            labels += here;
            cursor.advance(position);
          }
          EXPECT_EQ(dealt.size(), static_cast<size_t>(parts));
          EXPECT_EQ(std::set<int32_t>(dealt.begin(), dealt.end()).size(),
                    static_cast<size_t>(parts));
          EXPECT_EQ(labels, std::ssize(f.graph.split.train));
        }
      }
  }
}

TEST(TheCursor, DealsTheSameOrderToAnyNumberOfRanks) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);
  const auto order = [&](int ranks, int64_t accumulate) {
    BatchCursor cursor(batches, 5, ranks, accumulate);
    std::vector<Clusters> groups;
    for (BatchPosition p; p.epoch < 2; cursor.advance(p))
      for (int64_t a = 0; a < accumulate; ++a)
        for (int r = 0; r < ranks; ++r)
          if (const auto group = cursor.group(p, a, r); !group.empty())
            groups.emplace_back(group.begin(), group.end());
    return groups;
  };
  EXPECT_EQ(order(1, 1).size(), 24u);
  EXPECT_EQ(order(1, 1), order(4, 1));
  EXPECT_EQ(order(1, 1), order(2, 3));
}

TEST(TheCursor, ShufflesEveryEpochAnew) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);
  BatchCursor cursor(batches, 5, 1, 1);
  const auto first = [&](int64_t epoch) {
    const auto group = cursor.group({epoch, 0}, 0, 0);
    return Clusters(group.begin(), group.end());
  };
  const Clusters zero = first(0);
  EXPECT_TRUE(first(1) != zero || first(2) != zero);
  EXPECT_EQ(first(0), zero);  // and can go back
}

TEST(TheCursor, JumpsWhereItWouldHaveWalked) {
  const Fixture f;
  const data::ClusterBatches batches = f.batches(23, 2);  // 12 groups
  for (const int ranks : {1, 2, 5}) {
    const BatchCursor cursor(batches, 5, ranks, 1);
    // A start in mid-epoch that this number of ranks would never reach: a run resumed with another
    // number.
    for (const BatchPosition start : {BatchPosition{0, 0}, {1, 3}, {2, 11}}) {
      BatchPosition walked = start;
      for (int64_t steps = 0; walked.epoch < 5; ++steps, cursor.advance(walked)) {
        const BatchPosition jumped = cursor.after(start, steps);
        EXPECT_EQ(jumped.epoch, walked.epoch);
        EXPECT_EQ(jumped.groups_done, walked.groups_done);
        EXPECT_EQ(cursor.steps_until(start, 5), steps + cursor.steps_until(walked, 5));
      }
      EXPECT_EQ(cursor.steps_until(walked, 5), 0);
    }
  }
}

}  // namespace
}  // namespace laconic::test
