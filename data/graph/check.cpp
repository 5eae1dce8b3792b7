// Checks a graph before anything computes with it, in time linear in the size of the data. The
// error names the first wrong entry, what is allowed and how to repair the file.
#include <algorithm>
#include <cmath>
#include <limits>

#include "data/graph/graph.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

void check_indptr(std::span<const int64_t> indptr, int64_t entries, const std::string& where) {
  if (indptr.empty() || indptr.front() != 0)
    fail(ExitCode::data, "{}: must start with 0, found {}", where,
         indptr.empty() ? "nothing" : fmt::to_string(indptr.front()));
  for (size_t i = 0; i + 1 < indptr.size(); ++i)
    if (indptr[i + 1] < indptr[i])
      fail(ExitCode::data, "{}: entry {} is {} after {}; must not decrease", where, i + 1,
           indptr[i + 1], indptr[i]);
  if (indptr.back() != entries)
    fail(ExitCode::data, "{}: last entry is {}, but there are {} indices", where, indptr.back(),
         entries);
}

// Checks that rows are sorted distinct ids in [0, bound).
void check_rows(const CsrView& csr, int64_t bound, const std::string& where, const char* row_name) {
  for (int64_t i = 0; i < csr.rows(); ++i) {
    for (int64_t k = csr.indptr[i]; k < csr.indptr[i + 1]; ++k) {
      const int32_t j = csr.indices[k];
      if (j < 0 || j >= bound)
        fail(ExitCode::data, "{}: {} {} has {}; allowed: 0 to {}", where, row_name, i, j,
             bound - 1);
      if (k == csr.indptr[i]) continue;
      if (csr.indices[k - 1] == j)
        fail(ExitCode::data, "{}: {} {} has {} twice; duplicates must be merged", where, row_name,
             i, j);
      if (csr.indices[k - 1] > j)
        fail(ExitCode::data, "{}: {} {} has {} after {}; each row must be sorted", where, row_name,
             i, j, csr.indices[k - 1]);
    }
  }
}

[[noreturn]] void fail_directed(const std::string& where, int64_t from, int64_t to) {
  fail(ExitCode::data,
       "{}: node {} has neighbour {}, but node {} does not have {}; the graph must be undirected: "
       "store "
       "every edge in both directions (A = A + A.T)",
       where, from, to, to, from);
}

// Checks symmetry with one cursor per row: rows are sorted, so while i ascends, the entries of row
// j must appear in order.
void check_symmetric(const CsrView& pattern, const std::string& where) {
  std::vector<int64_t> cursor(pattern.indptr.begin(), pattern.indptr.end() - 1);
  for (int64_t i = 0; i < pattern.rows(); ++i) {
    for (int64_t k = pattern.indptr[i]; k < pattern.indptr[i + 1]; ++k) {
      const int32_t j = pattern.indices[k];
      if (cursor[j] == pattern.indptr[j + 1]) fail_directed(where, i, j);
      const int32_t next = pattern.indices[cursor[j]++];
      if (next < i) fail_directed(where, j, next);
      if (next > i) fail_directed(where, i, j);
    }
  }
}

// The pattern must be symmetric. Then entry k of row i has its reverse where the cursor of the
// other row stands.
void check_weights(const SparseView<float>& edges, const std::string& where) {
  const auto& [pattern, weights, nodes] = edges;
  if (weights.empty()) return;
  if (weights.size() != pattern.indices.size())
    fail(ExitCode::data, "{}: has {} entries, graph/indices {}", where, weights.size(),
         pattern.indices.size());
  std::vector<int64_t> cursor(pattern.indptr.begin(), pattern.indptr.end() - 1);
  for (int64_t i = 0; i < nodes; ++i)
    for (int64_t k = pattern.indptr[i]; k < pattern.indptr[i + 1]; ++k) {
      const int32_t j = pattern.indices[k];
      if (!std::isfinite(weights[k]) || weights[k] <= 0)
        fail(ExitCode::data, "{}: the edge from {} to {} has the weight {}; allowed: above 0",
             where, i, j, weights[k]);
      if (const float reverse = weights[cursor[j]++]; reverse != weights[k])
        fail(ExitCode::data,
             "{}: the edge from {} to {} has the weight {}, its reverse {}; allowed: the same "
             "(A = (A + A.T) / 2)",
             where, i, j, weights[k], reverse);
    }
}

void check_features(const Features& f, int64_t nodes, const std::string& where) {
  if (f.cols == 0) return;  // a graph without features
  if (f.rows != nodes)
    fail(ExitCode::data, "{}: features have {} rows, the graph has {} nodes", where, f.rows, nodes);
  if (f.is_sparse()) {
    const auto entries = static_cast<int64_t>(f.indices.size());
    if (static_cast<int64_t>(f.indptr.size()) != nodes + 1)
      fail(ExitCode::data, "{}: features/indptr has {} entries, expected {} (nodes + 1)", where,
           f.indptr.size(), nodes + 1);
    check_indptr(f.indptr, entries, where + ": features/indptr");
    if (!f.values.empty() && f.values.size() != f.indices.size())
      fail(ExitCode::data, "{}: features/values has {} entries, features/indices {}", where,
           f.values.size(), entries);
    check_rows({f.indptr, f.indices}, f.cols, where + ": features/indices", "node");
  } else if (static_cast<int64_t>(f.values.size()) != f.rows * f.cols) {
    fail(ExitCode::data, "{}: features have {} values, expected {} x {}", where, f.values.size(),
         f.rows, f.cols);
  }
  for (size_t k = 0; k < f.values.size(); ++k) {
    if (std::isfinite(f.values[k])) continue;
    const int64_t row = f.is_sparse() ? std::upper_bound(f.indptr.begin(), f.indptr.end(),
                                                         static_cast<int64_t>(k)) -
                                            f.indptr.begin() - 1
                                      : static_cast<int64_t>(k) / f.cols;
    const int64_t col = f.is_sparse() ? f.indices[k] : static_cast<int64_t>(k) % f.cols;
    fail(ExitCode::data, "{}: feature {} of node {} is {}; must be finite", where, col, row,
         f.values[k]);
  }
}

void check_labels(const Labels& labels, int64_t nodes, const std::string& where) {
  const bool has_none = labels.classes == 0 && !labels.is_multi_label() &&
                        std::ranges::all_of(labels.single, [](int32_t c) { return c == -1; });
  if (labels.classes < 1 && !has_none)
    fail(ExitCode::data, "{}: {} classes; allowed: 1 or more", where, labels.classes);
  if (labels.is_multi_label()) {
    if (static_cast<int64_t>(labels.multi_indptr.size()) != nodes + 1)
      fail(ExitCode::data, "{}: labels/indptr has {} entries, expected {} (nodes + 1)", where,
           labels.multi_indptr.size(), nodes + 1);
    check_indptr(labels.multi_indptr, static_cast<int64_t>(labels.multi_indices.size()),
                 where + ": labels/indptr");
    check_rows({labels.multi_indptr, labels.multi_indices}, labels.classes,
               where + ": labels/indices", "node");
    return;
  }
  if (static_cast<int64_t>(labels.single.size()) != nodes)
    fail(ExitCode::data, "{}: labels/class has {} entries, the graph has {} nodes", where,
         labels.single.size(), nodes);
  const auto bad =
      std::ranges::find_if(labels.single, [&](int32_t c) { return c < -1 || c >= labels.classes; });
  if (bad == labels.single.end()) return;
  const auto [least, most] = std::ranges::minmax(labels.single);
  fail(ExitCode::data, "{}: labels/class: node {} has class {}; allowed: 0 to {}, -1 = none{}",
       where, bad - labels.single.begin(), *bad, labels.classes - 1,
       least == 1 && most == labels.classes ? "; these count from 1: store y - 1" : "");
}

void check_split(const Split& split, int64_t nodes, const std::string& where) {
  std::vector<const char*> owner(nodes, nullptr);
  const auto claim = [&](const std::vector<int32_t>& ids, const char* name) {
    for (size_t k = 0; k < ids.size(); ++k) {
      const int32_t id = ids[k];
      if (id < 0 || id >= nodes)
        fail(ExitCode::data, "{}: split {} has node {}; allowed: 0 to {}", where, name, id,
             nodes - 1);
      if (owner[id])
        fail(ExitCode::data, "{}: node {} is in {} and {}; splits must be disjoint", where, id,
             owner[id], owner[id] == name ? "again there" : name);
      if (k > 0 && ids[k - 1] > id)
        fail(ExitCode::data, "{}: split {} has {} after {}; ids must ascend", where, name, id,
             ids[k - 1]);
      owner[id] = name;
    }
  };
  claim(split.train, "train");
  claim(split.val, "val");
  claim(split.test, "test");
}

void check_names(size_t found, size_t wanted, const char* what, const std::string& where) {
  if (found != 0 && found != wanted)
    fail(ExitCode::data, "{}: {} {}, expected {}", where, found, what, wanted);
}

}  // namespace

void check_pattern(const CsrView& pattern, const std::string& where) {
  const int64_t nodes = pattern.rows();
  if (nodes > std::numeric_limits<int32_t>::max())
    fail(ExitCode::data, "{}: {} nodes; allowed: up to 2147483647", where, nodes);
  check_indptr(pattern.indptr, static_cast<int64_t>(pattern.indices.size()),
               where + ": graph/indptr");
  const std::string indices = where + ": graph/indices";
  check_rows(pattern, nodes, indices, "node");
  for (int64_t i = 0; i < nodes; ++i) {
    const auto row = pattern.indices.subspan(pattern.indptr[i], pattern.degree(i));
    if (std::binary_search(row.begin(), row.end(), static_cast<int32_t>(i)))
      fail(ExitCode::data, "{}: node {} is its own neighbour; self loops must be removed", indices,
           i);
  }
  check_symmetric(pattern, indices);
}

void check(const Graph& graph, const std::string& where) {
  check_pattern(graph.pattern(), where);
  check_weights(graph.edges(), where + ": graph/weights");
  check_features(graph.features, graph.nodes(), where);
  check_labels(graph.labels, graph.nodes(), where);
  check_split(graph.split, graph.nodes(), where);
  check_names(graph.class_names.size(), graph.labels.classes, "class names", where);
  check_names(graph.node_names.size(), graph.nodes(), "node names", where);
}

}  // namespace laconic::data
