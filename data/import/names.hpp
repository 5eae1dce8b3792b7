// The names under which arrays are known: those that PyTorch Geometric, OGB, gnn-benchmark, the
// heterophilous graphs and SciPy write, and plain words. All are in the form of plain_name().
#pragma once

#include <array>
#include <string_view>

namespace laconic::data {

inline constexpr std::array edge_names = {"edge_index", "edges", "edge", "edge_list", "edgelist"};
inline constexpr std::array matrix_names = {"adj", "adj_matrix", "adjacency", "adj_full", "graph",
                                            "csr", "a",          "adj_t",     "w"};
inline constexpr std::array edge_weight_names = {"edge_weight", "edge_weights", "edge_attr"};
inline constexpr std::array feature_names = {
    "x",           "features",  "feat",          "feats",      "attr",
    "attr_matrix", "node_feat", "node_features", "node_feats", "feature"};
inline constexpr std::array label_names = {
    "y", "labels", "label", "node_label", "node_labels", "class", "classes", "target", "targets"};
inline constexpr std::array count_names = {"num_nodes", "num_nodes_list", "num_node_list"};
inline constexpr std::array content_names = {"content"};
inline constexpr std::array text_names = {"node_names", "class_names"};
// Parts of the names of splits; each with any of `split_endings`, or split_beginnings before it.
inline constexpr std::array split_parts = {"train", "val", "valid", "validation", "test"};
inline constexpr std::array split_endings = {"_mask",  "_masks",   "_idx",   "_ids", "_id",
                                             "_index", "_indices", "_nodes", ""};
inline constexpr std::array split_beginnings = {"idx_", "mask_", "index_"};

// Returns whether an array of this plain name may be used.
bool is_known_name(std::string_view name);

}  // namespace laconic::data
