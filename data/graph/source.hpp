// Where a graph comes from: one list of formats. Each is a file under data/graph/formats and a line
// in list.cpp.
#pragma once

#include <span>
#include <string>

#include "data/graph/graph.hpp"
#include "data/source.hpp"

namespace laconic::data {

struct GraphFormat {
  const char* name;
  const char* help;
  Graph (*load)(const SourceOptions&);
  // What identifies the content for caches and messages ("file.h5", "apt lists").
  std::string (*where)(const SourceOptions&);
  // As load without features and node names, for those who only partition; null = load does it all.
  Graph (*load_pattern)(const SourceOptions&);
};
std::span<const GraphFormat> graph_formats();

// Loads, checks and returns canonical data. Error(data) with address.
Graph load_graph(const SourceOptions& options);
// Loads edges, labels and split only (to partition before the features are in memory); formats that
// cannot, load all.
Graph load_graph_pattern(const SourceOptions& options);
// What identifies the data in caches and messages.
std::string graph_source_name(const SourceOptions& options);
// Atomic: a complete file or none. The split is written as splits/default. Error(cannot_create |
// io).
void write_graph_hdf5(const Graph& graph, const std::string& path);

}  // namespace laconic::data
