// R ranks do what one rank does that adds up R batches; nothing depends on who computes what.
#include <gtest/gtest.h>

#include "tests/apps/small_run.hpp"

namespace laconic::test {
namespace {

// Gradients are compared at every step of plain descent, where a rounding difference stays one;
// Adam divides gradients near zero by their own size, so its weights are compared after one step.
void expect_ranks_agree(const data::Graph& graph, const data::Partition& partition, int ranks,
                        TrainSettings options) {
  options.optimizer = optim::test::sgd(0.1);
  TrainSettings many = options, one = options;
  many.ranks = ranks;
  one.accumulate = ranks;
  const RunResult a = run(graph, partition, many), b = run(graph, partition, one);
  for (size_t s = 0; s < b.losses.size(); ++s) {
    EXPECT_NEAR(a.losses[s], b.losses[s], 1e-6 * std::abs(b.losses[s])) << "step " << s;
    EXPECT_LE(distance(a.gradients[s], b.gradients[s]), s == 0 ? 1e-6 : 1e-5) << "step " << s;
  }
  EXPECT_LE(distance(a.parameters, b.parameters), 1e-6);
  many.optimizer = one.optimizer = optim::test::with("adam");
  many.steps = one.steps = 1;
  EXPECT_LE(distance(run(graph, partition, many).parameters, run(graph, partition, one).parameters),
            1e-6);
}

TEST(SeveralRanks, TakeTheStepsOfOneThatAccumulates) {
  const data::Graph graph = planted_graph();
  const data::Partition partition = blocks_of(graph, 16);
  for (const int ranks : {2, 4}) expect_ranks_agree(graph, partition, ranks, {});
}

TEST(SeveralRanks, DrawTheSameDropoutMasksAsOne) {
  const data::Graph graph = planted_graph();
  expect_ranks_agree(graph, blocks_of(graph, 16), 2, {.model = small_model(0.3)});
}

TEST(SeveralRanks, AgreeWhenOneHasNoLabels) {
  data::Graph graph = planted_graph();
  const data::Partition partition = blocks_of(graph, 8);
  // Labels in two of the eight clusters: with a cluster a batch, most batches have none.
  std::erase_if(graph.split.train, [&](int32_t v) { return partition.part_of[v] > 1; });
  expect_ranks_agree(graph, partition, 4, {.steps = 4, .clusters_per_batch = 1});
}

TEST(SeveralRanks, AgreeWhenTheLastRoundOfAnEpochHasFewerGroupsThanRanks) {
  const data::Graph graph = planted_graph();
  expect_ranks_agree(graph, blocks_of(graph, 6), 4, {});   // 3 groups, 4 ranks
  expect_ranks_agree(graph, blocks_of(graph, 10), 4, {});  // 5 groups: rounds of 4 and 1
}

TEST(SeveralRanks, AgreeWhateverTheBuckets) {
  const data::Graph graph = planted_graph();
  const data::Partition partition = blocks_of(graph, 16);
  TrainSettings settings{.ranks = 2};
  settings.exchange.overlap = false;
  settings.gradient.bucket_mb = 0;
  const RunResult whole = run(graph, partition, settings);
  settings.exchange.overlap = true;
  settings.gradient.bucket_mb = 0.0005;
  const RunResult small = run(graph, partition, settings);
  EXPECT_LE(distance(small.gradients[0], whole.gradients[0]), 1e-6);
}

TEST(ARun, IsAFunctionOfItsSeed) {
  const data::Graph graph = planted_graph();
  const data::Partition partition = blocks_of(graph, 16);
  for (const int ranks : {1, 2}) {
    TrainSettings options{.ranks = ranks, .steps = 12, .model = small_model(0.3)};
    const RunResult first = run(graph, partition, options), again = run(graph, partition, options);
    EXPECT_EQ(first.losses, again.losses);
    EXPECT_EQ(first.parameters, again.parameters);
    options.seed = 8;
    EXPECT_NE(run(graph, partition, options).losses, first.losses);
  }
}

TEST(ARun, HasTheSameBitsWithOneAndTwoThreads) {
  const data::Graph graph = planted_graph(3000, 100);
  const data::Partition partition = blocks_of(graph, 8);
  TrainSettings options{.steps = 5, .clusters_per_batch = 4, .model = small_model(0.3)};
  gcn(options.model).hidden = 128;
  const RunResult one = run(graph, partition, options);
  options.threads = 2;
  const RunResult two = run(graph, partition, options);
  EXPECT_EQ(one.losses, two.losses);
  EXPECT_EQ(one.parameters, two.parameters);
}

}  // namespace
}  // namespace laconic::test
