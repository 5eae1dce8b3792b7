// A graph data set in memory, in canonical form: undirected, simple, no self loops, symmetric
// sorted CSR. Readers hand over whatever the file says; canonicalise() and check() make or demand
// this form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/split.hpp"
#include "framework/base/view.hpp"

namespace laconic::data {

// One row a node. Dense (values only), sparse (indptr, indices, and values unless all are one), or,
// once everything else is done to them, bits.
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
  double density() const;    // stored / (rows * cols); not of bits
  bool is_zero_one() const;  // dense or sparse: no other numbers
};

struct Labels {
  int32_t classes = 0;
  std::vector<int32_t> single;        // one class a node, -1 = none; empty when multi-label
  std::vector<int64_t> multi_indptr;  // multi-label CSR; empty when single-label
  std::vector<int32_t> multi_indices;
  bool is_multi_label() const { return !multi_indptr.empty(); }
};

struct Graph {
  std::string name;
  std::vector<int64_t> indptr;
  std::vector<int32_t> indices;
  Features features;
  Labels labels;
  Split split;
  std::vector<std::string> class_names;  // may be empty
  std::vector<std::string> node_names;   // may be empty

  int64_t nodes() const { return indptr.empty() ? 0 : static_cast<int64_t>(indptr.size()) - 1; }
  int64_t undirected_edges() const { return static_cast<int64_t>(indices.size()) / 2; }
  CsrView pattern() const { return {indptr, indices}; }
};

// Throws Error(data) naming `where`, the first offending entry and what is allowed: out-of-range
// ids, self loops, duplicates, an edge without its reverse, non-finite features, labels outside
// [-1, classes), overlapping splits.
void check(const Graph& graph, const std::string& where);

// The part of check() that concerns edges.
void check_pattern(const CsrView& pattern, const std::string& where);

// Edges in any form (directed, duplicated, self loops) to canonical CSR.
void canonicalise(int64_t nodes, std::vector<std::pair<int32_t, int32_t>> edges,
                  std::vector<int64_t>& indptr, std::vector<int32_t>& indices);

// The sub-graph of the edges with both ends in `keep` (sorted node ids); all nodes stay, others
// become isolated.
void keep_edges_within(const CsrView& pattern, const std::vector<int32_t>& keep,
                       std::vector<int64_t>& indptr, std::vector<int32_t>& indices);

// Features aggregated once over a graph: out_i = sum (or mean) over neighbours of features_j.
// Sparse stays sparse.
enum class Aggregate { sum, mean };
Features aggregate_features(const CsrView& pattern, const Features& features, Aggregate how);

// For graphs without features: node i has the one feature i (X = I in the paper's Amazon
// experiment).
Features identity_features(int64_t nodes);
Features to_dense(const Features& features);
Features to_sparse(const Features& features);
// Dense or sparse features of zeros and ones.
Features to_bits(const Features& features);
// Zero mean, unit variance a column, statistics of `rows` only (no leak from validation and test
// nodes). Dense only.
void standardise(Features& features, const std::vector<int32_t>& rows);
// Each row divided by its sum of absolute values.
void normalise_rows(Features& features);

}  // namespace laconic::data
