// A graph data set in memory, in canonical form: undirected, simple, no self loops, symmetric
// sorted CSR. canonicalise() makes this form; check() verifies it for the data that readers return.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/split.hpp"
#include "framework/base/view.hpp"

namespace laconic::data {

// Features, one row per node. They are dense (values only), sparse (indptr, indices, and values
// unless all are one), or bits. Bits cannot be transformed further.
struct Features {
  int64_t rows = 0;
  int64_t cols = 0;
  std::vector<int64_t> indptr = {};  // empty = dense or bits
  std::vector<int32_t> indices = {};
  std::vector<float> values = {};
  std::vector<uint64_t> words = {};  // of a BitView
  bool is_sparse() const { return !indptr.empty(); }
  bool is_bits() const { return !words.empty(); }
  MatrixView<const float> dense() const { return {values.data(), rows, cols}; }
  SparseView<float> sparse() const { return {{indptr, indices}, values, cols}; }
  BitView bits() const { return {words.data(), rows, cols, rows}; }
  double density() const;    // stored / (rows * cols); not for bits
  bool is_zero_one() const;  // dense or sparse: no other values
};

struct Labels {
  int32_t classes = 0;
  std::vector<int32_t> single;        // one class per node, -1 = none; empty if multi-label
  std::vector<int64_t> multi_indptr;  // multi-label CSR; empty if single-label
  std::vector<int32_t> multi_indices;
  bool is_multi_label() const { return !multi_indptr.empty(); }
};

// The edges of a graph or of a part of it, as symmetric sorted CSR.
struct Adjacency {
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  std::vector<float> weights;  // one per index, or empty: all are one
  SparseView<float> view() const { return {{indptr, indices}, weights, std::ssize(indptr) - 1}; }
};

struct Graph {
  std::string name;
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  std::vector<float> weights;  // of edges, one per index, or empty: all are one
  Features features;
  Labels labels;
  Split split;
  std::vector<std::string> class_names;  // may be empty
  std::vector<std::string> node_names;   // may be empty

  int64_t nodes() const { return indptr.empty() ? 0 : static_cast<int64_t>(indptr.size()) - 1; }
  int64_t undirected_edges() const { return static_cast<int64_t>(indices.size()) / 2; }
  CsrView pattern() const { return {indptr, indices}; }
  SparseView<float> edges() const { return {pattern(), weights, nodes()}; }
};

// Checks the graph. Error(data) names `where`, the first wrong entry and the allowed values. Errors
// are ids out of range, self loops, duplicates, an edge without its reverse, weights that are not
// positive or that differ from those of the reverse, non-finite features, labels outside
// [-1, classes), and overlapping splits.
void check(const Graph& graph, const std::string& where);

// Checks the edges alone.
void check_pattern(const CsrView& pattern, const std::string& where);

// Converts edges in any form (directed, duplicated, self loops) to canonical CSR.
void canonicalise(int64_t nodes, std::vector<std::pair<int32_t, int32_t>> edges,
                  std::vector<int64_t>& indptr, std::vector<int32_t>& indices);

struct WeightedEdge {
  int32_t from, to;
  float weight;
};
// The same for edges with weights. Duplicates and reverse edges must have the same weight:
// Error(data) names `where` and the edge otherwise. Sets the weights of the graph, too.
void canonicalise(int64_t nodes, std::vector<WeightedEdge> edges, const std::string& where,
                  Graph& graph);

// Returns the edges with both ends in `keep` (sorted node ids). All nodes stay; others become
// isolated.
Adjacency keep_edges_within(const SparseView<float>& edges, const std::vector<int32_t>& keep);

// Aggregates features over a graph: out_i = sum over neighbours j of weight_ij features_j, or this
// sum divided by the sum of the weights. The result of sparse features is sparse.
enum class Aggregate { sum, mean };
Features aggregate_features(const SparseView<float>& edges, const Features& features,
                            Aggregate how);

Features to_dense(const Features& features);
Features to_sparse(const Features& features);
// Converts dense or sparse features of zeros and ones.
Features to_bits(const Features& features);
// Subtracts the mean of each column, and multiplies by the factor; empty: changes nothing.
struct Standardisation {
  std::vector<double> mean = {}, factor = {};  // by column
};
void standardise(Features& features, const Standardisation& by);
// Scales each column of dense features to zero mean and unit variance. The statistics are those of
// `rows` only, so validation and test nodes have no influence. Returns them.
Standardisation standardise(Features& features, const std::vector<int32_t>& rows);
// Divides each row by its sum of absolute values.
void normalise_rows(Features& features);

}  // namespace laconic::data
