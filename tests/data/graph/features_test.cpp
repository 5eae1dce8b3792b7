#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "data/graph/order.hpp"
#include "small_graphs.hpp"

namespace laconic::data {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

// out = A x (over the degree for mean), straight from the definition, in double.
std::vector<double> aggregated(const Graph& g, const Features& dense, Aggregate how) {
  std::vector<double> out(dense.values.size(), 0);
  for (int64_t i = 0; i < g.nodes(); ++i)
    for (int64_t c = 0; c < dense.cols; ++c) {
      for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k)
        out[i * dense.cols + c] += dense.values[g.indices[k] * dense.cols + c];
      if (how == Aggregate::mean)
        out[i * dense.cols + c] /= std::max<double>(1, static_cast<double>(g.pattern().degree(i)));
    }
  return out;
}

Features random_sparse(int64_t rows, int64_t cols, bool values) {
  Features f{.rows = rows, .cols = cols, .indptr = {0}, .indices = {}, .values = {}};
  const Random random(3, Stream::test);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t c = 0; c < cols; ++c)
      if (random.uniform(i * cols + c) < 0.2) {
        f.indices.push_back(static_cast<int32_t>(c));
        if (values) f.values.push_back(static_cast<float>(random.normal(i * cols + c)));
      }
    f.indptr.push_back(static_cast<int64_t>(f.indices.size()));
  }
  return f;
}

TEST(AggregateFeatures, EqualsTheSumAndTheMeanOverNeighboursDenseAndSparse) {
  const Graph g = planted({.nodes = 300, .blocks = 3, .classes = 3, .features = 7, .degree = 9});
  for (const Aggregate how : {Aggregate::sum, Aggregate::mean})
    for (const Features& x :
         {g.features, random_sparse(300, 31, true), random_sparse(300, 31, false)}) {
      const Features ax = aggregate_features(g.edges(), x, how);
      EXPECT_EQ(ax.is_sparse(), x.is_sparse());
      const std::vector<double> expected = aggregated(g, to_dense(x), how);
      const Features found = to_dense(ax);
      ASSERT_EQ(found.values.size(), expected.size());
      for (size_t k = 0; k < expected.size(); ++k)
        ASSERT_NEAR(found.values[k], expected[k], 1e-5 * (1 + std::abs(expected[k])));
      Graph as_graph = g;
      as_graph.features = ax;
      EXPECT_NO_THROW(check(as_graph, "aggregated"));
    }
}

TEST(FormsOfFeatures, HoldTheSameNumbers) {
  Features ones = random_sparse(100, 77, false);
  const Features dense = to_dense(ones), bits = to_bits(ones), explicit_ones = to_sparse(dense);
  EXPECT_EQ(bits.words, to_bits(dense).words);
  EXPECT_EQ(bits.words, to_bits(explicit_ones).words);
  EXPECT_EQ(explicit_ones.indices, ones.indices);
  EXPECT_EQ(explicit_ones.indptr, ones.indptr);
  EXPECT_EQ(to_dense(explicit_ones).values, dense.values);
  for (int64_t i = 0; i < 100; ++i)
    for (int64_t j = 0; j < 77; ++j) ASSERT_EQ(bits.bits()(i, j), dense.values[i * 77 + j] == 1);
  std::vector<int32_t> backwards(100);
  std::iota(backwards.rbegin(), backwards.rend(), 0);
  EXPECT_EQ(permute(bits, backwards).words, to_bits(permute(dense, backwards)).words);
}

TEST(FormsOfFeatures, OnlyZerosAndOnesAreZerosAndOnes) {
  EXPECT_TRUE(random_sparse(20, 7, false).is_zero_one());
  EXPECT_TRUE(to_dense(random_sparse(20, 7, false)).is_zero_one());
  EXPECT_TRUE(to_sparse(to_dense(random_sparse(20, 7, false))).is_zero_one());
  EXPECT_FALSE(random_sparse(20, 7, true).is_zero_one());
  Features dense = to_dense(random_sparse(20, 7, false));
  dense.values[9] = 0.5f;
  EXPECT_FALSE(dense.is_zero_one());
  Features sparse = random_sparse(20, 7, false);
  sparse.values.assign(sparse.indices.size(), 1);
  sparse.values[3] = 0;  // listed, so to_bits() would set it
  EXPECT_FALSE(sparse.is_zero_one());
}

TEST(AggregateFeatures, WeighsTheNeighbours) {
  Graph g = tiny_graph();  // features {0, 1}, {2, 3}, {4, 5}, ...; node 3 has neighbour 2
  g.weights = {0.25, 0.5, 0.25, 2, 0.5, 2, 3, 3};
  const auto first_columns = [&](Aggregate how, const Features& x) {
    const Features ax = to_dense(aggregate_features(g.edges(), x, how));
    std::vector<float> first;
    for (int64_t i = 0; i < 5; ++i) first.push_back(ax.values[2 * i]);
    return first;
  };
  for (const Features& x : {g.features, to_sparse(g.features)}) {
    EXPECT_THAT(first_columns(Aggregate::sum, x),
                testing::Pointwise(testing::FloatEq(), {2.5, 8.0, 22.0, 12.0, 0.0}));
    EXPECT_THAT(first_columns(Aggregate::mean, x),
                testing::Pointwise(testing::FloatEq(), {2.5 / 0.75, 8 / 2.25, 4.0, 4.0, 0.0}));
  }
}

// The inductive protocol: what training sees comes from the training graph alone.
TEST(AggregateFeatures, OnTheTrainingGraphDoesNotSeeTestNodes) {
  Graph g = planted({.nodes = 400, .blocks = 4, .classes = 4, .features = 5, .degree = 12});
  const Adjacency training = keep_edges_within(g.edges(), g.split.train);
  const auto tensors = [&](const SparseView<float>& edges) {
    Features x = g.features;
    standardise(x, g.split.train);
    const Features ax = aggregate_features(edges, x, Aggregate::mean);
    std::vector<float> rows;
    for (const int32_t i : g.split.train)
      for (int64_t c = 0; c < x.cols; ++c) {
        rows.push_back(x.values[i * x.cols + c]);
        rows.push_back(ax.values[i * x.cols + c]);
      }
    return rows;
  };
  const auto before = tensors(training.view());
  const auto leaking_before = tensors(g.edges());
  for (const auto* part : {&g.split.test, &g.split.val})
    for (const int32_t i : *part)
      for (int64_t c = 0; c < g.features.cols; ++c)
        g.features.values[i * g.features.cols + c] += 100;
  EXPECT_EQ(tensors(training.view()), before);
  EXPECT_NE(tensors(g.edges()), leaking_before);  // the check can fail: the full graph does leak
}

TEST(Standardise, GivesTheTrainingRowsMeanZeroVarianceOneAndKeepsConstantsFinite) {
  Features f{
      .rows = 4, .cols = 2, .indptr = {}, .indices = {}, .values = {1, 5, 3, 5, 5, 5, 100, 7}};
  standardise(f, {0, 1, 2});
  const float s = std::sqrt(8.0f / 3);
  EXPECT_THAT(f.values,
              Pointwise(FloatNear(1e-5f), {-2 / s, 0.f, 0.f, 0.f, 2 / s, 0.f, 97 / s, 2.f}));
}

TEST(NormaliseRows, DividesByTheSumOfAbsoluteValuesAndLeavesEmptyRows) {
  Features dense{.rows = 2, .cols = 2, .indptr = {}, .indices = {}, .values = {1, -3, 0, 0}};
  normalise_rows(dense);
  EXPECT_THAT(dense.values, ElementsAre(0.25f, -0.75f, 0, 0));
  Features ones{.rows = 3, .cols = 4, .indptr = {0, 2, 2, 3}, .indices = {0, 3, 1}, .values = {}};
  normalise_rows(ones);
  EXPECT_THAT(ones.values, ElementsAre(0.5f, 0.5f, 1));
}

}  // namespace
}  // namespace laconic::data
