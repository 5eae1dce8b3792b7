#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "data/graph/formats/ppi_like.hpp"
#include "data/graph/partition.hpp"
#include "small_graphs.hpp"

namespace laconic::data {
namespace {

using ::testing::HasSubstr;

TEST(Planted, HasTheDegreeAndTheShareWithinThatWereAskedFor) {
  const PlantedOptions o{
      .nodes = 9001, .blocks = 30, .classes = 30, .features = 4, .degree = 16, .within = 0.75};
  const Graph g = planted(o);
  const double entries = 9001 * 16;  // the number of edges is binomial: 3 standard deviations
  EXPECT_NEAR(static_cast<double>(g.indices.size()), entries, 3 * std::sqrt(2 * entries));
  int64_t within = 0;
  for (int64_t i = 0; i < g.nodes(); ++i)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k)
      within += g.labels.single[i] == g.labels.single[g.indices[k]];
  EXPECT_NEAR(static_cast<double>(within), 0.75 * entries, 3 * std::sqrt(2 * 0.75 * entries));
  std::vector<int64_t> sizes(30, 0);
  for (const int32_t label : g.labels.single) ++sizes[label];
  EXPECT_LE(*std::ranges::max_element(sizes) - *std::ranges::min_element(sizes), 1);
}

TEST(Planted, GivesEachClassItsMeanWithUnitNoise) {
  const Graph g =
      planted({.nodes = 8000, .blocks = 8, .classes = 4, .features = 6, .degree = 2, .signal = 3});
  const Features& f = g.features;
  double spread = 0;
  for (int32_t label = 0; label < 4; ++label)
    for (int64_t c = 0; c < 6; ++c) {
      double sum = 0, squares = 0, n = 0;
      for (int64_t i = 0; i < g.nodes(); ++i) {
        if (g.labels.single[i] != label) continue;
        const double x = f.dense()(i, c);
        sum += x;
        squares += x * x;
        ++n;
      }
      EXPECT_NEAR(squares / n - sum * sum / (n * n), 1, 0.15);
      spread += sum * sum / (n * n) / 24;
    }
  EXPECT_GT(spread, 3);  // the square of the signal is 9; 24 samples of chi-square
  EXPECT_LT(spread, 20);
}

TEST(Planted, IsAFunctionOfTheSeed) {
  const PlantedOptions o{.nodes = 500, .blocks = 5, .classes = 5, .features = 3, .degree = 8};
  const Graph a = planted(o, 1), b = planted(o, 1), c = planted(o, 2);
  EXPECT_EQ(a.indices, b.indices);
  EXPECT_EQ(a.features.values, b.features.values);
  EXPECT_EQ(a.split.train, b.split.train);
  EXPECT_NE(a.indices, c.indices);
  EXPECT_NE(a.features.values, c.features.values);
}

TEST(Planted, HidesTheBlocksFromTheOrderOfTheNodes) {
  const Graph g =
      planted({.nodes = 4000, .blocks = 20, .classes = 20, .features = 1, .degree = 20});
  const Partition p =
      partition(g.pattern(), {.parts = 20, .seed = 1, .method = Partitioner::contiguous});
  EXPECT_NEAR(kept_edges_fraction(g.pattern(), p), 1.0 / 20, 0.01);
}

TEST(Planted, ReachesTheExtremes) {
  const Graph full =
      planted({.nodes = 20, .blocks = 1, .classes = 1, .features = 1, .degree = 19, .within = 1});
  EXPECT_EQ(full.undirected_edges(), 190);
  EXPECT_EQ(planted({.nodes = 20, .blocks = 20, .classes = 1, .features = 1, .degree = 0})
                .undirected_edges(),
            0);
  EXPECT_EQ(planted({.nodes = 1, .blocks = 1, .classes = 1, .features = 1, .degree = 0}).nodes(),
            1);
  EXPECT_THAT(
      error_of(
          [] { planted({.nodes = 100, .blocks = 50, .classes = 2, .features = 1, .degree = 20}); },
          ExitCode::config),
      HasSubstr("data.source.planted: degree asks for 900 links inside blocks, where there are 50 "
                "pairs"));
}

TEST(PpiLike, IsDisjointGraphsWithWholeGraphsHeldOutAndBalancedLabels) {
  PpiLikeSource source;
  source.ppi_like = {
      .graphs = 24, .nodes_per_graph = 240, .features = 10, .labels = 20, .degree = 12};
  const Graph g = source.load(1);
  EXPECT_EQ(g.nodes(), 24 * 240);
  for (int64_t i = 0; i < g.nodes(); ++i)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k) ASSERT_EQ(i / 240, g.indices[k] / 240);
  EXPECT_EQ(g.split.train.size(), 20u * 240);
  EXPECT_EQ(g.split.val.front(), 20 * 240);
  EXPECT_EQ(g.split.test.front(), 22 * 240);
  EXPECT_NEAR(static_cast<double>(g.indices.size()), 24 * 240 * 12,
              3 * std::sqrt(2.0 * 24 * 240 * 12));
  std::vector<double> positive(20, 0);
  for (const int32_t label : g.labels.multi_indices)
    positive[label] += 1.0 / static_cast<double>(g.nodes());
  for (const double share : positive) {
    EXPECT_GT(share, 0.19);
    EXPECT_LT(share, 0.51);
  }
  EXPECT_EQ(source.load(1).labels.multi_indices, g.labels.multi_indices);
  EXPECT_NE(source.load(2).labels.multi_indices, g.labels.multi_indices);
}

}  // namespace
}  // namespace laconic::data
