#include <algorithm>

#include "data/import/edge_weights.hpp"
#include "data/import/names.hpp"
#include "data/import/parts.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

struct Pairs {
  std::string where;
  std::vector<int64_t> from = {}, to = {};
  std::vector<float> weights = {};  // empty: all are one
};

// Returns the array's two columns or rows of ids as one column each.
Pairs split_pairs(Bag& bag, const Array& array, NodeIds& ids, int64_t nodes, Notes& notes) {
  const bool by_columns =
      array.shape.size() == 2 && array.rows() == 2 && !array.is_table &&
      (array.cols() != 2 || array.where.find("edge_index") != std::string::npos);
  const bool by_rows = array.shape.size() == 2 && !by_columns &&
                       (array.is_table ? array.cols() >= 2 : array.cols() == 2);
  if (!by_columns && !by_rows)
    fail(ExitCode::data, "{}: shape {}; edges are [2, E] or [E, 2]: numpy.stack([source, target])",
         array.where, shape_text(array));
  const Array pairs = by_rows && array.cols() > 2 ? columns(array, 0, 2) : array;
  const bool named = ids.has_names() || !pairs.texts.empty();
  std::vector<int64_t> all =
      named ? ids.rows_of(pairs, !ids.has_names() && nodes < 0)
            : to_integers(pairs, "; edges are pairs of node numbers from 0 on");
  Pairs result{.where = array.where};
  const size_t entries = all.size() / 2;
  result.from.reserve(entries);
  result.to.reserve(entries);
  for (size_t e = 0; e < entries; ++e) {
    result.from.push_back(by_columns ? all[e] : all[2 * e]);
    result.to.push_back(by_columns ? all[entries + e] : all[2 * e + 1]);
  }
  result.weights = take_edge_weights(bag, array, std::ssize(result.from), notes);
  if (const int64_t left = by_rows ? array.cols() - 2 - !result.weights.empty() : 0; left > 0)
    notes.push_back(
        fmt::format("{}: {} columns behind the two of ids are left out", array.where, left));
  if (!named) return result;
  int64_t unknown = 0;
  size_t kept = 0;
  for (size_t e = 0; e < entries; ++e) {
    if (result.from[e] < 0 || result.to[e] < 0) {
      ++unknown;
      continue;
    }
    result.from[kept] = result.from[e];
    if (!result.weights.empty()) result.weights[kept] = result.weights[e];
    result.to[kept++] = result.to[e];
  }
  result.from.resize(kept);
  result.to.resize(kept);
  if (!result.weights.empty()) result.weights.resize(kept);
  if (unknown > 0)
    notes.push_back(
        fmt::format("{}: {} edges to nodes that no table has are left out", array.where, unknown));
  return result;
}

Pairs pairs_of(const SparseParts& m, Notes& notes) {
  if (m.rows != m.cols)
    fail(ExitCode::data, "{}: a matrix of {} x {}; an adjacency matrix is square", m.where, m.rows,
         m.cols);
  Pairs pairs{.where = m.where};
  int64_t zeros = 0;
  for (int64_t row = 0; row < m.rows; ++row)
    for (int64_t k = m.indptr[row]; k < m.indptr[row + 1]; ++k) {
      zeros += m.values[k] == 0;
      if (m.values[k] == 0) continue;
      pairs.from.push_back(row);
      pairs.to.push_back(m.indices[k]);
      pairs.weights.push_back(m.values[k]);
    }
  if (zeros > 0) notes.push_back(fmt::format("{}: {} stored zeros are no edges", m.where, zeros));
  pairs.weights = usable_weights(std::move(pairs.weights), m.where, notes);
  return pairs;
}

SparseParts sparse_of(const Array& dense) {
  if (dense.shape.size() != 2 || dense.rows() != dense.cols())
    fail(ExitCode::data, "{}: shape {}; an adjacency matrix is square", dense.where,
         shape_text(dense));
  int64_t rounded = 0;
  const std::vector<float> values = to_floats(dense, rounded);
  SparseParts m{.where = dense.where, .rows = dense.rows(), .cols = dense.cols(), .indptr = {0}};
  for (int64_t row = 0; row < m.rows; ++row) {
    for (int64_t c = 0; c < m.cols; ++c)
      if (const float value = values[row * m.cols + c]; value != 0) {
        m.indices.push_back(c);
        m.values.push_back(value);
      }
    m.indptr.push_back(std::ssize(m.indices));
  }
  return m;
}

// Takes the arrays of edges in whatever form they are; sets `nodes` where they tell it.
std::optional<Pairs> take_pairs(Bag& bag, NodeIds& ids, int64_t& nodes, Notes& notes) {
  if (const auto array = bag.take(edge_names)) return split_pairs(bag, *array, ids, nodes, notes);
  for (const auto& [from, to] :
       {std::pair{"row", "col"}, {"src", "dst"}, {"source", "target"}, {"adj_row", "adj_col"}})
    if (bag.has(from) && bag.has(to)) {
      const Array a = *bag.take(from), b = *bag.take(to);
      Pairs pairs{.where = a.where,
                  .from = to_integers(a, "; node numbers"),
                  .to = to_integers(b, "; node numbers")};
      if (pairs.from.size() != pairs.to.size())
        fail(ExitCode::data, "{}: {} entries, but {} has {}", a.where, pairs.from.size(), b.where,
             pairs.to.size());
      pairs.weights = take_edge_weights(bag, a, std::ssize(pairs.from), notes);
      return pairs;
    }
  for (const char* name : matrix_names) {
    std::optional<SparseParts> matrix = take_sparse(bag, name, notes);
    if (!matrix)
      if (const auto dense = bag.take(std::string(name))) matrix = sparse_of(*dense);
    if (!matrix) continue;
    if (nodes >= 0 && matrix->rows != nodes)
      fail(ExitCode::data, "{}: {} rows, but there are {} nodes", matrix->where, matrix->rows,
           nodes);
    nodes = matrix->rows;
    return pairs_of(*matrix, notes);
  }
  return {};
}

// Numbers the nodes of edges alone. Ids that leave most numbers unused become names.
int64_t number_nodes(Pairs& pairs, Graph& graph, Notes& notes) {
  int64_t most = -1;
  std::vector<int64_t> met;
  for (const auto* ends : {&pairs.from, &pairs.to})
    met.insert(met.end(), ends->begin(), ends->end());
  std::ranges::sort(met);
  met.erase(std::ranges::unique(met).begin(), met.end());
  if (!met.empty()) most = met.back();
  if (met.empty() || (met.front() >= 0 && most < 4 * std::ssize(met))) return most + 1;
  for (auto* ends : {&pairs.from, &pairs.to})
    for (int64_t& id : *ends) id = std::ranges::lower_bound(met, id) - met.begin();
  for (const int64_t id : met) graph.node_names.push_back(std::to_string(id));
  notes.push_back(fmt::format("{}: the {} ids from {} to {} became the names of the nodes",
                              pairs.where, met.size(), met.front(), most));
  return std::ssize(met);
}

void count_from_zero(Pairs& pairs, int64_t nodes, Notes& notes) {
  if (pairs.from.empty()) return;
  const auto [a, b] = std::ranges::minmax(pairs.from);
  const auto [c, d] = std::ranges::minmax(pairs.to);
  if (std::min(a, c) != 1 || std::max(b, d) != nodes) return;
  for (auto* ends : {&pairs.from, &pairs.to})
    for (int64_t& id : *ends) --id;
  notes.push_back(pairs.where + ": node numbers count from 1; 1 was subtracted");
}

}  // namespace

void take_edges(Bag& bag, NodeIds& ids, int64_t nodes, Graph& graph, Notes& notes) {
  std::optional<Pairs> pairs = take_pairs(bag, ids, nodes, notes);
  if (!pairs) {
    const std::vector<std::string> found = bag.names();
    std::string list;
    for (const std::string& name : found) list += (list.empty() ? "" : ", ") + name.substr(0, 60);
    fail(ExitCode::data,
         "{}: no edges; expected edge_index, edges, row and col, or a sparse matrix (adj); found: "
         "{}. "
         "In Python: numpy.savez('graph.npz', edge_index=..., x=..., y=..., train_mask=...)",
         bag.path(), list.empty() ? "nothing" : list);
  }
  if (ids.has_names()) {
    nodes = std::ssize(ids.names());
    graph.node_names = ids.names();
  } else if (nodes < 0) {
    nodes = number_nodes(*pairs, graph, notes);
  } else {
    count_from_zero(*pairs, nodes, notes);
  }
  if (nodes > INT32_MAX)
    fail(ExitCode::data, "{}: {} nodes; allowed: up to 2147483647", pairs->where, nodes);
  std::vector<std::pair<int32_t, int32_t>> edges;
  std::vector<WeightedEdge> weighted;
  std::vector<uint64_t> keys;  // of directed edges, to count those that are distinct
  int64_t loops = 0, zeros = 0;
  for (size_t e = 0; e < pairs->from.size(); ++e) {
    const int64_t a = pairs->from[e], b = pairs->to[e];
    if (a < 0 || b < 0 || a >= nodes || b >= nodes)
      fail(ExitCode::data, "{}: edge {} is ({}, {}); node numbers must be from 0 to {}",
           pairs->where, e, a, b, nodes - 1);
    if (!pairs->weights.empty()) {
      const float weight = pairs->weights[e];
      zeros += weight == 0;
      if (weight == 0) continue;
      weighted.push_back({static_cast<int32_t>(a), static_cast<int32_t>(b), weight});
    } else {
      edges.emplace_back(static_cast<int32_t>(a), static_cast<int32_t>(b));
    }
    loops += a == b;
    if (a != b) keys.push_back(static_cast<uint64_t>(a) << 32 | static_cast<uint64_t>(b));
  }
  std::ranges::sort(keys);
  const auto entries = std::ssize(pairs->from) - zeros, directed = std::ssize(keys);
  const int64_t distinct = std::ranges::unique(keys).begin() - keys.begin();
  if (weighted.empty())
    canonicalise(nodes, std::move(edges), graph.indptr, graph.indices);
  else
    canonicalise(nodes, std::move(weighted), pairs->where, graph);
  const int64_t reverses = std::ssize(graph.indices) - distinct;
  const auto count = [&](int64_t number, const char* what) {
    if (number > 0) notes.push_back(fmt::format("{}: {} {}", pairs->where, number, what));
  };
  notes.push_back(fmt::format("{}: {} entries, {} edges without direction", pairs->where, entries,
                              graph.undirected_edges()));
  count(zeros, "edges of weight 0 removed");
  count(loops, "self loops removed");
  count(directed - distinct, "duplicates merged");
  count(reverses, "reverse edges added");
}

}  // namespace laconic::data
