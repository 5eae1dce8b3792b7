// Converts the arrays of a bag to the parts of a graph: edges, features, labels, splits. Each
// function takes its arrays out of the bag, and adds what it changed to the notes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/graph/graph.hpp"
#include "data/import/bag.hpp"
#include "data/import/node_ids.hpp"

namespace laconic::data {

using Notes = std::vector<std::string>;

// Takes the arrays of edges: pairs [2, E] or [E, 2], a sparse matrix, or a dense one. `nodes`: their
// number where other parts tell it, else -1. Makes `graph.indptr` and `graph.indices`. Error(data)
// if there are none.
void take_edges(Bag& bag, NodeIds& ids, int64_t nodes, Graph& graph, Notes& notes);

// Converts node features: an array [N, F] or [N], or the four parts of a sparse matrix.
Features take_features(Bag& bag, std::optional<Array> dense, Notes& notes);

// Converts labels: classes [N] or [N, 1], one-hot or multi-hot [N, C], texts.
void take_labels(Bag& bag, std::optional<Array> array, Graph& graph, Notes& notes);

// Takes the splits of `nodes` nodes: masks or ids, one per part, or several of each.
std::vector<NamedSplit> take_splits(Bag& bag, NodeIds& ids, int64_t nodes, Notes& notes);

// A sparse matrix in parts, as scipy.sparse.save_npz and gnn-benchmark store it.
struct SparseParts {
  std::string where;
  int64_t rows = 0, cols = 0;
  std::vector<int64_t> indptr = {},
                       indices = {};  // columns are within the shape, rows in any order
  std::vector<float> values = {};     // as many as indices
};
// Takes NAME_data, NAME_indices, NAME_indptr and NAME_shape; nothing if they are not there.
std::optional<SparseParts> take_sparse(Bag& bag, const std::string& name, Notes& notes);

}  // namespace laconic::data
