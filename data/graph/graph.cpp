// Makes canonical CSR from edges in any form, and sub-graphs. Time is linear in the number of
// edges, except for the sort within a row.
#include "data/graph/graph.hpp"

#include <algorithm>
#include <limits>

#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

// Moves the distinct entries of every row to the front of `indices`, without gaps between rows.
void drop_duplicates(std::vector<int64_t>& indptr, std::vector<int32_t>& indices) {
  int64_t written = 0;
  int64_t begin = 0;
  for (size_t row = 0; row + 1 < indptr.size(); ++row) {
    const int64_t end = indptr[row + 1];
    std::sort(indices.begin() + begin, indices.begin() + end);
    for (int64_t k = begin; k < end; ++k)
      if (k == begin || indices[k] != indices[k - 1]) indices[written++] = indices[k];
    begin = end;
    indptr[row + 1] = written;
  }
  indices.resize(written);
}

}  // namespace

double Features::density() const {
  if (rows == 0 || cols == 0) return 0;
  const auto stored = is_sparse() ? indices.size() : values.size();
  return static_cast<double>(stored) / (static_cast<double>(rows) * static_cast<double>(cols));
}

void canonicalise(int64_t nodes, std::vector<std::pair<int32_t, int32_t>> edges,
                  std::vector<int64_t>& indptr, std::vector<int32_t>& indices) {
  if (nodes < 0 || nodes > std::numeric_limits<int32_t>::max())
    fail(ExitCode::data, "graph: {} nodes; allowed: 0 to 2147483647", nodes);
  indptr.assign(nodes + 1, 0);
  for (const auto& [a, b] : edges) {
    if (a < 0 || b < 0 || a >= nodes || b >= nodes)
      fail(ExitCode::data, "graph: edge ({}, {}); node ids must be in [0, {})", a, b, nodes);
    if (a == b) continue;
    ++indptr[a + 1];
    ++indptr[b + 1];
  }
  for (int64_t i = 0; i < nodes; ++i) indptr[i + 1] += indptr[i];
  indices.resize(indptr[nodes]);
  // indptr[i] is the next position of row i. In the end it is the start of row i + 1, so it is
  // shifted below.
  for (const auto& [a, b] : edges) {
    if (a == b) continue;
    indices[indptr[a]++] = b;
    indices[indptr[b]++] = a;
  }
  decltype(edges)().swap(edges);  // halves the peak memory
  for (int64_t i = nodes; i > 0; --i) indptr[i] = indptr[i - 1];
  indptr[0] = 0;
  drop_duplicates(indptr, indices);
}

void canonicalise(int64_t nodes, std::vector<WeightedEdge> edges, const std::string& where,
                  Graph& graph) {
  std::vector<std::pair<int32_t, int32_t>> pairs;
  pairs.reserve(edges.size());
  for (const WeightedEdge& e : edges) pairs.emplace_back(e.from, e.to);
  canonicalise(nodes, std::move(pairs), graph.indptr, graph.indices);
  constexpr float missing = -1;
  graph.weights.assign(graph.indices.size(), missing);
  for (const WeightedEdge& e : edges) {
    if (e.from == e.to) continue;
    for (const auto& [a, b] : {std::pair{e.from, e.to}, {e.to, e.from}}) {
      const auto begin = graph.indices.begin() + graph.indptr[a];
      const auto end = graph.indices.begin() + graph.indptr[a + 1];
      float& weight = graph.weights[std::lower_bound(begin, end, b) - graph.indices.begin()];
      if (weight != missing && weight != e.weight)
        fail(ExitCode::data,
             "{}: the edge between {} and {} has the weights {} and {}; allowed: one weight per "
             "edge, whose direction does not count; in SciPy: (A + A.T) / 2",
             where, e.from, e.to, weight, e.weight);
      weight = e.weight;
    }
  }
}

Adjacency keep_edges_within(const SparseView<float>& edges, const std::vector<int32_t>& keep) {
  const CsrView& pattern = edges.pattern;
  std::vector<uint8_t> kept(pattern.rows(), 0);
  for (const int32_t node : keep) kept[node] = 1;
  Adjacency result{.indptr = {0}, .indices = {}, .weights = {}};
  result.indptr.reserve(pattern.rows() + 1);
  for (int64_t i = 0; i < pattern.rows(); ++i) {
    if (kept[i])
      for (int64_t k = pattern.indptr[i]; k < pattern.indptr[i + 1]; ++k) {
        if (!kept[pattern.indices[k]]) continue;
        result.indices.push_back(pattern.indices[k]);
        if (!edges.values.empty()) result.weights.push_back(edges.values[k]);
      }
    result.indptr.push_back(std::ssize(result.indices));
  }
  return result;
}

}  // namespace laconic::data
