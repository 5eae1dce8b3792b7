// A substitute for the protein-protein-interaction set of GraphSAGE, which cannot be redistributed:
// disjoint graphs with community structure and many labels per node. 20 of 24 graphs train, 2
// validate, 2 test, so nothing of val and test is seen in training. The labels are the output Z of
// a random two-layer graph network on the features X,
//   H = tanh([s AX | X] U),   Z = [s AH | H] V
//   A: the mean over neighbours, s = sqrt(mean degree), which restores unit variance after the mean
// cut at a quantile of each label that leaves between a fifth and a half of the nodes positive.
#include "data/graph/formats/ppi_like.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/graph/formats/block_model.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {
namespace {

constexpr int64_t nodes_per_block = 60;
constexpr double within = 0.7;
constexpr int64_t teacher_width = 32;
enum PpiPurpose : uint32_t {
  features,
  weights1,
  weights2,
  quantiles,
  relabel,
  edges
};  // the last two: one per graph

Random generator(int64_t seed, uint32_t purpose, uint64_t step = 0) {
  return Random(static_cast<uint64_t>(seed), Stream::data, step, purpose);
}

Features random_table(int64_t rows, int64_t cols, const Random& random) {
  Features f{.rows = rows, .cols = cols, .indptr = {}, .indices = {}, .values = {}};
  f.values.assign(rows * cols, 0);
  add_normals(random, f.values);
  return f;
}

// Returns [s AX | X] W / sqrt(rows of W).
Features teacher_layer(const Graph& graph, const Features& x, double neighbour_scale,
                       const Features& w) {
  const Features ax = aggregate_features(graph.edges(), x, Aggregate::mean);
  Features out{.rows = x.rows, .cols = w.cols, .indptr = {}, .indices = {}, .values = {}};
  out.values.assign(x.rows * w.cols, 0);
  const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(w.rows)));
  const auto from_neighbours = static_cast<float>(neighbour_scale) * scale;
  for (int64_t i = 0; i < x.rows; ++i) {
    float* z = out.values.data() + i * w.cols;
    for (int64_t k = 0; k < x.cols; ++k) {
      const float a = from_neighbours * ax.values[i * x.cols + k];
      const float b = scale * x.values[i * x.cols + k];
      const float* wa = w.values.data() + k * w.cols;
      const float* wb = wa + x.cols * w.cols;
      for (int64_t c = 0; c < w.cols; ++c) z[c] += a * wa[c] + b * wb[c];
    }
  }
  return out;
}

void make_edges(const PpiLikeOptions& o, int64_t seed, Graph& graph) {
  const BlockModel model{o.nodes_per_graph,
                         std::max<int64_t>(1, o.nodes_per_graph / nodes_per_block), o.degree,
                         within};
  Edges all;
  for (int64_t g = 0; g < o.graphs; ++g) {
    std::vector<int32_t> id(o.nodes_per_graph);
    std::iota(id.begin(), id.end(), static_cast<int32_t>(g * o.nodes_per_graph));
    generator(seed, relabel, g).shuffle(id);
    const auto substream = static_cast<uint32_t>(edges + g * block_model_substreams);
    for (const auto& [a, b] : model.sample(seed, substream, "data.source.ppi_like"))
      all.emplace_back(id[a], id[b]);
  }
  canonicalise(o.graphs * o.nodes_per_graph, std::move(all), graph.indptr, graph.indices);
}

void make_labels(const PpiLikeOptions& o, int64_t seed, Graph& graph) {
  const Features u = random_table(2 * o.features, teacher_width, generator(seed, weights1));
  const Features v = random_table(2 * teacher_width, o.labels, generator(seed, weights2));
  const double scale = std::sqrt(o.degree);
  Features h = teacher_layer(graph, graph.features, scale, u);
  for (float& x : h.values) x = std::tanh(x);
  const Features z = teacher_layer(graph, h, scale, v);
  const int64_t n = graph.nodes();
  std::vector<float> threshold(o.labels), column(n);
  const Random positive = generator(seed, quantiles);
  for (int64_t c = 0; c < o.labels; ++c) {
    for (int64_t i = 0; i < n; ++i) column[i] = z.values[i * o.labels + c];
    const auto rank =
        static_cast<int64_t>((0.5 + 0.3 * positive.uniform(c)) * static_cast<double>(n - 1));
    std::nth_element(column.begin(), column.begin() + rank, column.end());
    threshold[c] = column[rank];
  }
  Labels& labels = graph.labels;
  labels.classes = static_cast<int32_t>(o.labels);
  labels.multi_indptr = {0};
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t c = 0; c < o.labels; ++c)
      if (z.values[i * o.labels + c] > threshold[c])
        labels.multi_indices.push_back(static_cast<int32_t>(c));
    labels.multi_indptr.push_back(static_cast<int64_t>(labels.multi_indices.size()));
  }
}

// Splits by whole graphs: 1/12 (at least one) each to validate and to test, like 2 of 24.
void make_split(const PpiLikeOptions& o, Graph& graph) {
  const int64_t held_out = std::max<int64_t>(1, o.graphs / 12);
  for (int64_t g = 0; g < o.graphs; ++g) {
    auto& part = g < o.graphs - 2 * held_out ? graph.split.train
                 : g < o.graphs - held_out   ? graph.split.val
                                             : graph.split.test;
    for (int64_t i = 0; i < o.nodes_per_graph; ++i)
      part.push_back(static_cast<int32_t>(g * o.nodes_per_graph + i));
  }
}

}  // namespace

Graph PpiLikeSource::make(int64_t seed) const {
  const PpiLikeOptions& o = ppi_like;
  Graph graph;
  graph.name = "ppi-like";
  make_edges(o, seed, graph);
  graph.features = random_table(graph.nodes(), o.features, generator(seed, PpiPurpose::features));
  make_labels(o, seed, graph);
  make_split(o, graph);
  return graph;
}

std::string PpiLikeSource::where(int64_t seed) const {
  const PpiLikeOptions& o = ppi_like;
  return fmt::format(
      "ppi-like(graphs={}, nodes_per_graph={}, features={}, labels={}, degree={}, seed={})",
      o.graphs, o.nodes_per_graph, o.features, o.labels, o.degree, seed);
}

void PpiLikeSource::describe(config::Fields& f) {
  f.group("ppi_like", ppi_like, "the generated graphs");
}

void PpiLikeSource::check(const config::Checks& checks) const {
  const PpiLikeOptions& o = ppi_like;
  if (o.graphs > INT32_MAX / o.nodes_per_graph)
    checks.refuse("ppi_like.graphs",
                  fmt::format("{} graphs of {} nodes; allowed: 2147483647 nodes in all", o.graphs,
                              o.nodes_per_graph));
}

void PpiLikeOptions::describe(config::Fields& f) {
  f.integer("graphs", graphs,
            {.min = 3,
             .max = 1000000,
             .help = "disjoint graphs; a twelfth to validate, a twelfth to test"});
  f.integer("nodes_per_graph", nodes_per_graph,
            {.min = 1, .max = 1000000000, .help = "nodes of each"});
  f.integer("features", features, {.min = 1, .max = 1000000, .help = "features"});
  f.integer("labels", labels, {.min = 1, .max = 1000000, .help = "labels"});
  f.real("degree", degree, {.min = 0, .help = "mean degree"});
}

}  // namespace laconic::data
