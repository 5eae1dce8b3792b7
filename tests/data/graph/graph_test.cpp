#include "data/graph/graph.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <set>

#include "data/graph/order.hpp"
#include "small_graphs.hpp"

namespace laconic::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Canonicalise, MergesDirectionsDuplicatesAndSelfLoops) {
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  canonicalise(4, {{2, 0}, {0, 2}, {0, 2}, {1, 1}, {3, 2}}, indptr, indices);
  EXPECT_THAT(indptr, ElementsAre(0, 1, 1, 3, 4));
  EXPECT_THAT(indices, ElementsAre(2, 0, 3, 2));
}

TEST(Canonicalise, OfRandomEdgesIsTheirSymmetricSet) {
  const Random random(7, Stream::test);
  std::vector<std::pair<int32_t, int32_t>> edges;
  std::set<std::pair<int32_t, int32_t>> expected;
  for (int k = 0; k < 500; ++k) {
    const auto a = static_cast<int32_t>(random.below(2 * k, 40)),
               b = static_cast<int32_t>(random.below(2 * k + 1, 40));
    edges.emplace_back(a, b);
    if (a != b) expected.insert({{a, b}, {b, a}});
  }
  Graph g;
  canonicalise(40, edges, g.indptr, g.indices);
  check_pattern(g.pattern(), "random");
  std::set<std::pair<int32_t, int32_t>> found;
  for (int32_t i = 0; i < 40; ++i)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k) found.insert({i, g.indices[k]});
  EXPECT_EQ(found, expected);
}

TEST(Canonicalise, RefusesIdsOutOfRange) {
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  EXPECT_THAT(error_of([&] {
                canonicalise(3, {{0, 3}}, indptr, indices);
              }),
              HasSubstr("edge (0, 3); node ids must be in [0, 3)"));
  EXPECT_THAT(error_of([&] {
                canonicalise(3, {{-1, 0}}, indptr, indices);
              }),
              HasSubstr("edge (-1, 0)"));
}

// Each case spoils a good graph in one way; the message must name the place.
struct Spoiled {
  const char* name;
  std::function<void(Graph&)> spoil;
  const char* message;
};

class BadInput : public ::testing::TestWithParam<Spoiled> {};

TEST_P(BadInput, IsRefusedWithTheFirstCauseAndItsAddress) {
  Graph g = tiny_graph();
  check(g, "good");
  GetParam().spoil(g);
  const std::string message = error_of([&] { check(g, "bad.h5"); });
  EXPECT_THAT(message, HasSubstr("bad.h5: "));
  EXPECT_THAT(message, HasSubstr(GetParam().message));
}

const float nan = std::numeric_limits<float>::quiet_NaN();
Features sparse_table() {
  return {.rows = 5,
          .cols = 9,
          .indptr = {0, 1, 2, 2, 3, 4},
          .indices = {8, 0, 1, 2},
          .values = {1, 2, 3, 4}};
}

INSTANTIATE_TEST_SUITE_P(
    EveryKind, BadInput,
    ::testing::Values(
        Spoiled{"Directed",
                [](Graph& g) {
                  g.indices.erase(g.indices.begin());
                  for (size_t i = 1; i < 6; ++i) --g.indptr[i];
                },
                "node 1 has neighbour 0, but node 0 does not have 1"},
        Spoiled{"DirectedForward",
                [](Graph& g) {
                  g.indices.pop_back();
                  --g.indptr[4];
                  --g.indptr[5];
                },
                "node 2 has neighbour 3, but node 3 does not have 2"},
        Spoiled{"SelfLoop",
                [](Graph& g) {
                  g.indices.push_back(4);
                  ++g.indptr[5];
                },
                "node 4 is its own neighbour"},
        Spoiled{"Duplicate", [](Graph& g) { g.indices[1] = 1; }, "node 0 has 1 twice"},
        Spoiled{"Unsorted", [](Graph& g) { std::swap(g.indices[0], g.indices[1]); },
                "node 0 has 1 after 2"},
        Spoiled{"IdTooLarge", [](Graph& g) { g.indices[1] = 5; }, "node 0 has 5; allowed: 0 to 4"},
        Spoiled{"NegativeId", [](Graph& g) { g.indices[0] = -7; }, "node 0 has -7"},
        Spoiled{"IndptrFalls", [](Graph& g) { g.indptr[2] = 1; },
                "graph/indptr: entry 2 is 1 after 2"},
        Spoiled{"IndptrStart", [](Graph& g) { g.indptr[0] = -1; },
                "graph/indptr: must start with 0, found -1"},
        Spoiled{"IndptrEnd", [](Graph& g) { g.indptr[5] = 100; },
                "last entry is 100, but there are 8 indices"},
        Spoiled{"NoIndptr", [](Graph& g) { g.indptr.clear(); }, "must start with 0, found nothing"},
        Spoiled{"NaNFeature", [](Graph& g) { g.features.values[5] = nan; },
                "feature 1 of node 2 is nan"},
        Spoiled{"InfiniteFeature", [](Graph& g) { g.features.values[0] = HUGE_VALF; },
                "feature 0 of node 0 is inf"},
        Spoiled{"NaNSparse",
                [](Graph& g) {
                  g.features = sparse_table();
                  g.features.values[2] = nan;
                },
                "feature 1 of node 3 is nan"},
        Spoiled{"SparseColumn",
                [](Graph& g) {
                  g.features = sparse_table();
                  g.features.cols = 8;
                },
                "node 0 has 8; allowed: 0 to 7"},
        Spoiled{"SparseValues",
                [](Graph& g) {
                  g.features = sparse_table();
                  g.features.values.pop_back();
                },
                "features/values has 3 entries"},
        Spoiled{"FeatureRows", [](Graph& g) { g.features.rows = 4; },
                "features have 4 rows, the graph has 5 nodes"},
        Spoiled{"FeatureSize", [](Graph& g) { g.features.values.pop_back(); },
                "9 values, expected 5 x 2"},
        Spoiled{"LabelTooLarge", [](Graph& g) { g.labels.single[4] = 2; },
                "node 4 has class 2; allowed: 0 to 1, -1 = none"},
        Spoiled{"LabelTooSmall", [](Graph& g) { g.labels.single[0] = -2; }, "node 0 has class -2"},
        Spoiled{"LabelCount", [](Graph& g) { g.labels.single.pop_back(); },
                "labels/class has 4 entries"},
        Spoiled{"NoClasses", [](Graph& g) { g.labels.classes = 0; }, "0 classes"},
        Spoiled{"MultiLabel",
                [](Graph& g) {
                  g.labels = {2, {}, {0, 1, 1, 1, 1, 1}, {2}};
                },
                "labels/indices: node 0 has 2; allowed: 0 to 1"},
        Spoiled{"SplitOverlap",
                [](Graph& g) {
                  g.split.test = {1, 4};
                },
                "node 1 is in train and test"},
        Spoiled{"SplitTwice",
                [](Graph& g) {
                  g.split.test = {4, 4};
                },
                "node 4 is in test and again there"},
        Spoiled{"SplitRange", [](Graph& g) { g.split.val = {5}; },
                "split val has node 5; allowed: 0 to 4"},
        Spoiled{"SplitOrder",
                [](Graph& g) {
                  g.split.train = {1, 0};
                },
                "split train has 0 after 1"},
        Spoiled{"ClassNames", [](Graph& g) { g.class_names = {"a"}; },
                "1 class names, expected 2"}),
    [](const auto& spoiled) { return spoiled.param.name; });

TEST(Check, AcceptsNodesWithoutLabelFeaturesOrEdges) {
  Graph g = tiny_graph();
  g.labels.single.assign(5, -1);
  g.features = {};
  g.indices.clear();
  g.indptr.assign(6, 0);
  EXPECT_NO_THROW(check(g, "bare"));
}

TEST(KeepEdgesWithin, IsTheInducedSubgraphWithAllNodesKept) {
  const Graph g = tiny_graph();
  const Adjacency kept = keep_edges_within(g.edges(), {0, 2, 3});
  EXPECT_THAT(kept.indptr, ElementsAre(0, 1, 1, 3, 4, 4));
  EXPECT_THAT(kept.indices, ElementsAre(2, 0, 3, 2));
  EXPECT_THAT(kept.weights, ElementsAre());
}

// tiny_graph() with weights: edge (i, j) has 10 * min + max.
Graph weighted_graph() {
  Graph g = tiny_graph();
  for (int32_t i = 0; i < g.nodes(); ++i)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k)
      g.weights.push_back(
          static_cast<float>(10 * std::min(i, g.indices[k]) + std::max(i, g.indices[k])));
  return g;
}

TEST(WeightsOfEdges, StayWithTheirEdges) {
  const Graph g = weighted_graph();
  check(g, "weighted");
  EXPECT_THAT(keep_edges_within(g.edges(), {0, 2, 3}).weights, ElementsAre(2, 2, 23, 23));
  Graph made;
  std::vector<WeightedEdge> edges = {{3, 2, 23}, {0, 2, 2}, {2, 0, 2}, {1, 0, 1}, {2, 1, 12}};
  edges.push_back({2, 1, 12});  // twice
  edges.push_back({4, 4, 9});   // a self loop
  canonicalise(5, edges, "list", made);
  EXPECT_EQ(made.indptr, g.indptr);
  EXPECT_EQ(made.indices, g.indices);
  EXPECT_EQ(made.weights, g.weights);
  edges.push_back({0, 1, 7});
  EXPECT_THAT(error_of([&] { canonicalise(5, edges, "list", made); }),
              HasSubstr("list: the edge between 0 and 1 has the weights 1 and 7"));
  Graph permuted = g;
  Partition partition{.parts = 2, .part_of = {1, 0, 1, 0, 0}, .edge_cut = 0};
  const std::vector<int32_t> nodes = order_by_cluster(permuted, partition);
  check(permuted, "permuted");
  for (int64_t i = 0; i < 5; ++i)
    for (int64_t k = permuted.indptr[i]; k < permuted.indptr[i + 1]; ++k) {
      const auto [a, b] = std::minmax(nodes[i], nodes[permuted.indices[k]]);
      EXPECT_EQ(permuted.weights[k], 10 * a + b);
    }
}

TEST(WeightsOfEdges, AreCheckedLikeTheEdges) {
  const auto refusal = [](auto damage) {
    Graph g = weighted_graph();
    damage(g.weights);
    return error_of([&] { check(g, "g"); });
  };
  EXPECT_THAT(refusal([](auto& w) { w.pop_back(); }), HasSubstr("graph/weights: has 7 entries"));
  EXPECT_THAT(refusal([](auto& w) { w[0] = 5; }),
              HasSubstr("the edge from 0 to 1 has the weight 5, its reverse 1; allowed: the same"));
  EXPECT_THAT(refusal([](auto& w) { w[0] = w[2] = 0; }), HasSubstr("weight 0; allowed: above 0"));
  EXPECT_THAT(refusal([](auto& w) { w[1] = NAN; }), HasSubstr("weight nan"));
}

}  // namespace
}  // namespace laconic::data
