// Matrices for the tests of kernels: random ones, random graphs with isolated nodes, the
// normalisations of a Cluster-GCN layer, and the dense form of an aggregation operator.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "framework/base/random.hpp"
#include "framework/ops/op.hpp"

namespace laconic::ops::test {

template <class T>
struct Matrix {
  Matrix(int64_t rows, int64_t cols, int64_t padding = 0)
      : values(rows * (cols + padding)), rows_(rows), cols_(cols), stride_(cols + padding) {}
  static Matrix random(int64_t rows, int64_t cols, uint32_t substream, int64_t padding = 0) {
    Matrix m(rows, cols, padding);
    const Random random(3, Stream::test, 0, substream);
    for (size_t k = 0; k < m.values.size(); ++k) m.values[k] = static_cast<T>(random.normal(k));
    return m;
  }
  MatrixView<T> view() { return {values.data(), rows_, cols_, stride_}; }
  MatrixView<const T> view() const { return {values.data(), rows_, cols_, stride_}; }

  std::vector<T> values;

 private:
  int64_t rows_, cols_, stride_;
};

struct Graph {
  std::vector<int64_t> indptr{0};
  std::vector<int32_t> indices;
  CsrView view() const { return {indptr, indices}; }
  int64_t rows() const { return static_cast<int64_t>(indptr.size()) - 1; }
};

// Symmetric, without self loops; nodes 3, 10, 17, ... are isolated, node 0 is a hub.
inline Graph random_graph(int64_t nodes, double density, uint32_t substream = 0) {
  const Random random(4, Stream::test, 0, substream);
  Graph graph;
  for (int64_t i = 0; i < nodes; ++i) {
    for (int64_t j = 0; j < nodes; ++j) {
      if (i == j || i % 7 == 3 || j % 7 == 3) continue;
      const auto pair = static_cast<uint64_t>(std::min(i, j) * nodes + std::max(i, j));
      if (i * j == 0 || random.uniform(pair) < density)
        graph.indices.push_back(static_cast<int32_t>(j));
    }
    graph.indptr.push_back(static_cast<int64_t>(graph.indices.size()));
  }
  return graph;
}

// The scales of a normalisation; `dense` spells the formula out on the dense adjacency.
template <class T>
struct Operator {
  std::vector<T> row_scale, source_scale, diagonal;
  Neighbourhood<T> on(const Graph& graph) const {
    return {graph.view(), row_scale, source_scale, diagonal, 0};
  }
};

inline const std::vector<std::string>& normalisations() {
  static const std::vector<std::string> names{
      "none", "row", "row_loop", "plus_identity", "diagonal lambda=1", "symmetric"};
  return names;
}

template <class T>
Operator<T> normalise(const Graph& graph, const std::string& name) {
  Operator<T> scales;
  for (int64_t i = 0; i < graph.rows(); ++i) {
    const T degree = static_cast<T>(graph.view().degree(i)), loop = 1 / (degree + 1);
    if (name == "row") scales.row_scale.push_back(1 / std::max(T{1}, degree));
    if (name == "row_loop" || name == "plus_identity" || name == "diagonal lambda=1")
      scales.row_scale.push_back(loop);
    if (name == "row_loop" || name == "symmetric") scales.diagonal.push_back(loop);
    if (name == "plus_identity") scales.diagonal.push_back(loop + 1);
    if (name == "diagonal lambda=1") scales.diagonal.push_back(2 * loop);
    if (name == "symmetric") {
      scales.row_scale.push_back(std::sqrt(loop));
      scales.source_scale.push_back(std::sqrt(loop));
    }
  }
  return scales;
}

// The same from the textbook's matrices: A, D, I and their products, entry by entry.
inline Matrix<double> dense_operator(const Graph& graph, const std::string& name) {
  const int64_t n = graph.rows();
  Matrix<double> dense(n, n);
  const MatrixView<double> a = dense.view();
  for (int64_t i = 0; i < n; ++i)
    for (int64_t p = graph.indptr[i]; p < graph.indptr[i + 1]; ++p) a(i, graph.indices[p]) = 1;
  const auto degree = [&](int64_t i) { return static_cast<double>(graph.view().degree(i)); };
  if (name == "none") return dense;
  if (name != "row")
    for (int64_t i = 0; i < n; ++i) a(i, i) = 1;  // A + I
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      if (name == "row") {
        a(i, j) /= std::max(1.0, degree(i));
      } else if (name == "symmetric") {
        a(i, j) /= std::sqrt((degree(i) + 1) * (degree(j) + 1));
      } else {
        a(i, j) /= degree(i) + 1;
      }
    }
  for (int64_t i = 0; i < n; ++i) {
    if (name == "plus_identity") a(i, i) += 1;
    if (name == "diagonal lambda=1") a(i, i) += a(i, i);
  }
  return dense;
}

}  // namespace laconic::ops::test
