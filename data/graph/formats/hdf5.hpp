// Graph files in HDF5 (docs/formats.md).
#pragma once

#include "data/graph/file_source.hpp"

namespace laconic::data {

struct Hdf5Source final : FileSource {
 private:
  Graph make(int64_t seed) const override;
};

// Writes a graph file atomically. The split is written as splits/default; or `splits` are written
// instead, by their names. Error(cannot_create | io).
void write_graph_hdf5(const Graph& graph, const std::string& path);
void write_graph_hdf5(const Graph& graph, const std::vector<NamedSplit>& splits,
                      const std::string& path);

}  // namespace laconic::data
