#include "data/graph/cluster_batches.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "small_graphs.hpp"

namespace laconic::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Case {
  Graph g = planted(
      {.nodes = 600, .blocks = 12, .classes = 4, .features = 5, .degree = 14, .within = 0.6});
  Partition p = partition(g.pattern(), {.parts = 12});
  ClusterBatches batches(int32_t per_batch, const Normalisation& n = {}) const {
    return ClusterBatches(g.edges(), {&g.features}, g.labels, g.split.train, p, n, per_batch);
  }
};

using EdgeSet = std::set<std::pair<int32_t, int32_t>>;

// The links of a batch in original ids.
EdgeSet edges_of(const ClusterBatch& b) {
  EdgeSet found;
  const CsrView a = b.feed.neighbourhood.pattern;
  for (int64_t i = 0; i < a.rows(); ++i)
    for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k)
      found.insert({b.nodes[i], b.nodes.at(a.indices[k])});
  return found;
}

EdgeSet induced(const Graph& g, const std::set<int32_t>& nodes) {
  EdgeSet expected;
  for (const int32_t i : nodes)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k)
      if (nodes.count(g.indices[k])) expected.insert({i, g.indices[k]});
  return expected;
}

TEST(ClusterBatches, AreTheInducedSubgraphsWithTheirFeaturesAndTrainingLabels) {
  const Case c;
  const ClusterBatches batches = c.batches(5);
  ClusterBatch b = batches.make_buffers();
  const std::vector<bool> train = [&] {
    std::vector<bool> is(600, false);
    for (const int32_t i : c.g.split.train) is[i] = true;
    return is;
  }();
  EpochOrder order(batches.clusters(), 5);
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    order.set(11, epoch);
    for (int64_t group = 0; group < order.groups(); ++group) {
      batches.build(order.group(group), b);
      std::set<int32_t> nodes;
      for (int32_t i = 0; i < 600; ++i)
        if (std::ranges::count(order.group(group), c.p.part_of[i])) nodes.insert(i);
      ASSERT_EQ(b.rows, static_cast<int64_t>(nodes.size()));
      ASSERT_EQ(std::set<int32_t>(b.nodes.begin(), b.nodes.end()), nodes);
      ASSERT_EQ(edges_of(b), induced(c.g, nodes));
      check_pattern({b.indptr, std::span(b.indices).first(b.indptr.back())}, "batch");
      ASSERT_LE(b.rows, batches.max_rows());
      ASSERT_LE(b.indptr.back(), batches.max_nonzeros());
      int64_t labels = 0;
      for (int64_t i = 0; i < b.rows; ++i) {
        const int32_t node = b.nodes[i];
        for (int64_t f = 0; f < 5; ++f)
          ASSERT_EQ(b.feed.inputs[0].dense(i, f), c.g.features.dense()(node, f));
        ASSERT_EQ(b.feed.targets.classes[i], train[node] ? c.g.labels.single[node] : -1);
        labels += b.classes[i] >= 0;
      }
      ASSERT_EQ(b.labels, labels);
      ASSERT_EQ(batches.labels_in(order.group(group)), labels);
    }
  }
}

TEST(ClusterBatches, OfAllClustersAreTheWholeGraph) {
  const Case c;
  const ClusterBatches batches = c.batches(c.p.parts);
  ClusterBatch b = batches.make_buffers();
  EpochOrder order(c.p.parts, c.p.parts);
  ASSERT_EQ(order.groups(), 1);
  batches.build(order.group(0), b);
  EXPECT_EQ(b.rows, 600);
  EXPECT_EQ(b.indptr.back(), static_cast<int64_t>(c.g.indices.size()));
  EXPECT_EQ(batches.max_nonzeros(), b.indptr.back());
  EXPECT_EQ(edges_of(b).size(), c.g.indices.size());
  Scales<float> full;
  fill_scales({}, c.g.edges(), full);
  for (int64_t i = 0; i < b.rows; ++i) {
    EXPECT_EQ(b.scales.row[i], full.row[b.nodes[i]]);
    EXPECT_EQ(b.scales.diagonal[i], full.diagonal[b.nodes[i]]);
  }
}

TEST(ClusterBatches, NormaliseByDegreesInsideTheBatch) {
  const Case c;
  const ClusterBatches batches = c.batches(2, {.kind = Normalisation::Kind::row_loop});
  ClusterBatch b = batches.make_buffers();
  batches.build(std::vector<int32_t>{0, 1}, b);
  bool some_edge_was_cut = false;
  for (int64_t i = 0; i < b.rows; ++i) {
    const int64_t inside = b.indptr[i + 1] - b.indptr[i];
    some_edge_was_cut |= inside < c.g.pattern().degree(b.nodes[i]);
    EXPECT_FLOAT_EQ(b.scales.row[i], 1.0f / static_cast<float>(inside + 1));
  }
  EXPECT_TRUE(some_edge_was_cut);
}

TEST(ClusterBatches, OfNoClusterAreEmpty) {
  const Case c;
  const ClusterBatches batches = c.batches(3);
  ClusterBatch b = batches.make_buffers();
  batches.build(std::vector<int32_t>{0, 1, 2}, b);
  batches.build({}, b);
  EXPECT_EQ(b.rows, 0);
  EXPECT_EQ(b.labels, 0);
  EXPECT_EQ(b.feed.rows, 0);
  EXPECT_EQ(b.feed.neighbourhood.pattern.nonzeros(), 0);
  EXPECT_THAT(b.feed.targets.classes, IsEmpty());
}

TEST(ClusterBatches, CarrySparseAndSeveralInputs) {
  Case c;
  Features sparse{.rows = 600, .cols = 50, .indptr = {0}, .indices = {}, .values = {}};
  for (int32_t i = 0; i < 600; ++i) {
    for (int32_t k = 0; k < i % 4; ++k) sparse.indices.push_back(10 * k + i % 7);
    sparse.indptr.push_back(static_cast<int64_t>(sparse.indices.size()));
  }
  Features valued = aggregate_features(c.g.edges(), sparse, Aggregate::mean);
  const ClusterBatches batches(c.g.edges(), {&sparse, &c.g.features, &valued}, c.g.labels,
                               c.g.split.train, c.p, {}, 4);
  ClusterBatch b = batches.make_buffers();
  batches.build(std::vector<int32_t>{0, 11}, b);
  batches.build(std::vector<int32_t>{1, 3, 4, 9}, b);
  ASSERT_EQ(b.feed.inputs.size(), 3u);
  const Features dense[] = {to_dense(sparse), c.g.features, to_dense(valued)};
  for (int in = 0; in < 3; ++in) {
    ASSERT_EQ(b.feed.inputs[in].is_sparse(), in != 1);
    for (int64_t i = 0; i < b.rows; ++i) {
      std::vector<float> row(dense[in].cols, 0);
      if (in == 1) {
        std::copy_n(b.feed.inputs[1].dense.row(i), row.size(), row.begin());
      } else {
        const SparseView<float>& x = b.feed.inputs[in].sparse;
        for (int64_t k = x.pattern.indptr[i]; k < x.pattern.indptr[i + 1]; ++k)
          row[x.pattern.indices[k]] = x.values.empty() ? 1 : x.values[k];
      }
      const float* expected = dense[in].values.data() + b.nodes[i] * dense[in].cols;
      ASSERT_TRUE(std::equal(row.begin(), row.end(), expected)) << "input " << in << " row " << i;
    }
  }
}

TEST(ClusterBatches, CarryBitsAndTheSameTurned) {
  Case c;
  Features dense{.rows = 600, .cols = 50};
  for (int64_t i = 0; i < 600 * 50; ++i) dense.values.push_back((i * i / 7) % 3 == 0 ? 1 : 0);
  const Features bits = to_bits(dense);
  const ClusterBatches batches(c.g.edges(), {&bits}, c.g.labels, c.g.split.train, c.p, {}, 4);
  ClusterBatch b = batches.make_buffers();
  batches.build(std::vector<int32_t>{1, 3, 4, 9}, b);
  batches.build(std::vector<int32_t>{0, 11}, b);
  const ops::Input<float>& x = b.feed.inputs[0];
  ASSERT_TRUE(x.is_bits());
  ASSERT_EQ(x.bits.matrix.rows, b.rows);
  ASSERT_EQ(x.bits.transposed.cols, b.rows);
  for (int64_t i = 0; i < b.rows; ++i)
    for (int64_t j = 0; j < 50; ++j) {
      const bool expected = dense.values[b.nodes[i] * 50 + j] == 1;
      ASSERT_EQ(x.bits.matrix(i, j), expected);
      ASSERT_EQ(x.bits.transposed(j, i), expected);
    }
}

TEST(ClusterBatches, CarryMultiLabelTargetsOfTrainingRowsOnly) {
  Graph g = tiny_graph();
  g.labels = {.classes = 3,
              .single = {},
              .multi_indptr = {0, 2, 2, 3, 4, 4},
              .multi_indices = {0, 2, 1, 0}};
  const Partition p{.parts = 2, .part_of = {1, 1, 1, 0, 0}, .edge_cut = 1};
  const ClusterBatches batches(g.edges(), {&g.features}, g.labels, {0, 1}, p, {}, 2);
  ClusterBatch b = batches.make_buffers();
  batches.build(std::vector<int32_t>{0, 1}, b);
  EXPECT_THAT(b.nodes, ElementsAre(3, 4, 0, 1, 2));
  EXPECT_THAT(b.labelled, ElementsAre(0, 0, 1, 1, 0));
  EXPECT_THAT(b.multi_hot, ElementsAre(0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(b.labels, 2);
  EXPECT_TRUE(b.feed.targets.is_multi_label());
  EXPECT_EQ(b.feed.targets.multi_hot(2, 2), 1);
  batches.build(std::vector<int32_t>{0}, b);
  EXPECT_EQ(b.labels, 0);
  EXPECT_THAT(b.multi_hot, ElementsAre(0, 0, 0, 0, 0, 0));
}

TEST(ClusterBatches, DoNotMoveTheirBuffersFromBatchToBatch) {
  const Case c;
  const ClusterBatches batches = c.batches(5, {.kind = Normalisation::Kind::symmetric});
  ClusterBatch b = batches.make_buffers();
  const auto addresses = [&] {
    return std::vector<const void*>{
        b.nodes.data(),   b.indptr.data(),     b.indices.data(),       b.dense[0].data(),
        b.classes.data(), b.scales.row.data(), b.scales.source.data(), b.scales.diagonal.data()};
  };
  const auto before = addresses();
  EpochOrder order(batches.clusters(), 5);
  for (int64_t epoch = 0; epoch < 20; ++epoch) {
    order.set(1, epoch);
    for (int64_t group = 0; group < order.groups(); ++group) batches.build(order.group(group), b);
    ASSERT_EQ(addresses(), before);
  }
}

// Equation 7: with one cluster a batch, the label-weighted losses add up to the loss on the
// block-diagonal matrix. The "network" is one aggregation of a feature, so the check is of batches,
// not of kernels.
TEST(ClusterBatches, WithOneClusterEachSumToTheBlockDiagonalLoss) {
  const Case c;
  const ClusterBatches batches = c.batches(1, {.kind = Normalisation::Kind::row_loop});
  ClusterBatch b = batches.make_buffers();
  const auto row_loss = [](double h, int32_t label) { return (h - label) * (h - label); };
  double from_batches = 0;
  for (int32_t cluster = 0; cluster < batches.clusters(); ++cluster) {
    batches.build(std::vector<int32_t>{cluster}, b);
    const CsrView a = b.feed.neighbourhood.pattern;
    double mean = 0;
    for (int64_t i = 0; i < b.rows; ++i) {
      if (b.classes[i] < 0) continue;
      double sum = 0;
      for (int64_t k = a.indptr[i]; k < a.indptr[i + 1]; ++k)
        sum += b.feed.inputs[0].dense(a.indices[k], 0);
      mean += row_loss(b.scales.row[i] * sum + b.scales.diagonal[i] * b.feed.inputs[0].dense(i, 0),
                       b.classes[i]) /
              static_cast<double>(b.labels);
    }
    from_batches +=
        static_cast<double>(b.labels) / static_cast<double>(c.g.split.train.size()) * mean;
  }
  double block_diagonal = 0;
  for (const int32_t i : c.g.split.train) {
    double sum = c.g.features.dense()(i, 0), degree = 1;
    for (int64_t k = c.g.indptr[i]; k < c.g.indptr[i + 1]; ++k) {
      const int32_t j = c.g.indices[k];
      if (c.p.part_of[i] != c.p.part_of[j]) continue;
      sum += c.g.features.dense()(j, 0);
      ++degree;
    }
    block_diagonal +=
        row_loss(sum / degree, c.g.labels.single[i]) / static_cast<double>(c.g.split.train.size());
  }
  EXPECT_NEAR(from_batches, block_diagonal, 1e-5 * block_diagonal);
}

TEST(EpochOrder, VisitsEachClusterOnceInAscendingGroupsAlsoWhenSizesDoNotDivide) {
  for (const int32_t per_batch : {1, 3, 5, 12, 40}) {
    EpochOrder order(23, per_batch);
    EXPECT_EQ(order.groups(), (23 + per_batch - 1) / per_batch);
    for (int64_t epoch = 0; epoch < 50; ++epoch) {
      order.set(5, epoch);
      std::vector<int32_t> all;
      for (int64_t g = 0; g < order.groups(); ++g) {
        const auto group = order.group(g);
        ASSERT_TRUE(std::ranges::is_sorted(group));
        ASSERT_LE(static_cast<int32_t>(group.size()), per_batch);
        all.insert(all.end(), group.begin(), group.end());
      }
      std::ranges::sort(all);
      std::vector<int32_t> expected(23);
      std::iota(expected.begin(), expected.end(), 0);
      ASSERT_EQ(all, expected);
    }
  }
}

TEST(EpochOrder, IsAFunctionOfSeedAndEpoch) {
  const auto order_of = [](EpochOrder& order, uint64_t seed, int64_t epoch) {
    order.set(seed, epoch);
    std::vector<int32_t> all;
    for (int64_t g = 0; g < order.groups(); ++g)
      all.insert(all.end(), order.group(g).begin(), order.group(g).end());
    return all;
  };
  EpochOrder used(50, 5), fresh(50, 5);
  order_of(used, 1, 0);
  order_of(used, 9, 3);
  EXPECT_EQ(order_of(used, 1, 7), order_of(fresh, 1, 7));
  EXPECT_NE(order_of(used, 1, 7), order_of(used, 1, 8));
  EXPECT_NE(order_of(used, 1, 7), order_of(used, 2, 7));
}

// The chance that two clusters share a batch when `parts` of them are drawn in groups of `per_batch`:
// the sum over the groups of |g| (|g| - 1) / (parts (parts - 1)).
double chance_to_share(int64_t parts, int64_t per_batch) {
  const int64_t q = per_batch, rest = parts % q;
  const int64_t pairs = parts / q * q * (q - 1) + rest * (rest - 1);
  return static_cast<double>(pairs) / static_cast<double>(parts * (parts - 1));
}

// The mean over 2000 epochs is within three standard errors, for q that divides p and one that does
// not.
TEST(EpochOrder, KeepsTheExpectedShareOfLinksBetweenClusters) {
  const Case c;
  const double within = kept_edges_fraction(c.g.pattern(), c.p);
  std::map<std::pair<int32_t, int32_t>, int64_t> between;
  for (int64_t i = 0; i < 600; ++i)
    for (int64_t k = c.g.indptr[i]; k < c.g.indptr[i + 1]; ++k)
      ++between[{c.p.part_of[i], c.p.part_of[c.g.indices[k]]}];
  for (const int32_t per_batch : {3, 5}) {
    EpochOrder order(c.p.parts, per_batch);
    double sum = 0, squares = 0;
    const int epochs = 2000;
    for (int epoch = 0; epoch < epochs; ++epoch) {
      order.set(21, epoch);
      double kept = 0;
      for (int64_t g = 0; g < order.groups(); ++g)
        for (const int32_t a : order.group(g))
          for (const int32_t b : order.group(g)) kept += static_cast<double>(between[{a, b}]);
      kept /= static_cast<double>(c.g.indices.size());
      sum += kept;
      squares += kept * kept;
    }
    const double mean = sum / epochs;
    const double standard_error = std::sqrt((squares / epochs - mean * mean) / epochs);
    const double expected = within + (1 - within) * chance_to_share(c.p.parts, per_batch);
    EXPECT_NEAR(mean, expected, 3 * standard_error) << "q = " << per_batch;
    EXPECT_LT(3 * standard_error, 0.01 * expected);  // else the check above says little
  }
}

TEST(FillScales, TakesTheSumOfTheWeightsForTheDegree) {
  Graph g = tiny_graph();
  g.weights = {0.25, 0.5, 0.25, 2, 0.5, 2, 1, 1};  // degrees 0.75 2.25 3.5 1 0
  check(g, "weighted");
  Scales<double> s;
  fill_scales({.kind = Normalisation::Kind::row}, g.edges(), s);
  EXPECT_THAT(s.row, ElementsAre(1 / 0.75, 1 / 2.25, 1 / 3.5, 1, 1));
  fill_scales({.kind = Normalisation::Kind::symmetric}, g.edges(), s);
  EXPECT_DOUBLE_EQ(s.row[1], 1 / std::sqrt(3.25));
  EXPECT_DOUBLE_EQ(s.diagonal[2], 1 / 4.5);
}

TEST(ABatch, HasTheWeightsOfItsEdges) {
  Graph g = planted({.nodes = 300, .blocks = 3, .classes = 3, .features = 4, .degree = 9});
  const auto weight_of = [](int32_t a, int32_t b) {
    return static_cast<float>(1 + (std::min(a, b) * 7 + std::max(a, b)) % 50);
  };
  for (int32_t i = 0; i < g.nodes(); ++i)
    for (int64_t k = g.indptr[i]; k < g.indptr[i + 1]; ++k)
      g.weights.push_back(weight_of(i, g.indices[k]));
  Partition p = partition(g.pattern(), {.parts = 10});
  const ClusterBatches batches(g.edges(), {&g.features}, g.labels, g.split.train, p, {}, 3);
  ClusterBatch b = batches.make_buffers();
  const std::vector<int32_t> group = {1, 4, 8};
  batches.build(group, b);
  const ops::Neighbourhood<float>& a = b.feed.neighbourhood;
  ASSERT_GT(a.pattern.nonzeros(), 100);
  for (int64_t i = 0; i < b.rows; ++i)
    for (int64_t k = a.pattern.indptr[i]; k < a.pattern.indptr[i + 1]; ++k)
      ASSERT_EQ(a.weights[k], weight_of(b.nodes[i], b.nodes[a.pattern.indices[k]]));
}

TEST(FillScales, IsTheFormulaOfEveryNormalisation) {
  const Graph g = tiny_graph();  // degrees 2 2 3 1 0
  Scales<double> s;
  fill_scales({.kind = Normalisation::Kind::row}, g.edges(), s);
  EXPECT_THAT(s.row, ElementsAre(0.5, 0.5, 1.0 / 3, 1, 1));
  EXPECT_THAT(s.diagonal, IsEmpty());
  fill_scales({.kind = Normalisation::Kind::row_loop}, g.edges(), s);
  EXPECT_THAT(s.row, ElementsAre(1.0 / 3, 1.0 / 3, 0.25, 0.5, 1));
  EXPECT_EQ(s.diagonal, s.row);
  EXPECT_THAT(s.source, IsEmpty());
  fill_scales({.kind = Normalisation::Kind::plus_identity}, g.edges(), s);
  EXPECT_DOUBLE_EQ(s.diagonal[2], 1.25);
  fill_scales({.kind = Normalisation::Kind::diagonal, .diagonal_lambda = 3}, g.edges(), s);
  EXPECT_DOUBLE_EQ(s.diagonal[2], 1);
  EXPECT_DOUBLE_EQ(s.row[2], 0.25);
  fill_scales({.kind = Normalisation::Kind::symmetric}, g.edges(), s);
  EXPECT_DOUBLE_EQ(s.row[2], 0.5);
  EXPECT_EQ(s.source, s.row);
  EXPECT_DOUBLE_EQ(s.diagonal[2], 0.25);
  fill_scales({.kind = Normalisation::Kind::none}, g.edges(), s);
  EXPECT_TRUE(s.row.empty() && s.source.empty() && s.diagonal.empty());
}

}  // namespace
}  // namespace laconic::data
