// Where a graph comes from: one list of formats. Each is a file under data/graph/formats and a line
// in list.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/graph/graph.hpp"
#include "framework/config/field.hpp"

namespace laconic::data {

struct PlantedOptions {  // stochastic block model with planted classes
  int64_t nodes = 20000;
  int64_t blocks = 20;
  int64_t classes = 10;
  int64_t features = 32;
  double degree = 20;   // mean
  double within = 0.9;  // share of a node's links that stay in its block
  double signal = 0.5;  // class mean / noise
  void describe(config::Fields& f);
};

struct PpiLikeOptions {  // disjoint graphs, many labels from a random two-layer teacher; inductive
                         // 20/2/2
  int64_t graphs = 24;
  int64_t nodes_per_graph = 2400;
  int64_t features = 50;
  int64_t labels = 121;
  double degree = 28;
  void describe(config::Fields& f);
};

struct DebianOptions {
  std::string packages;         // a Packages file; empty = the machine's own apt lists
  int64_t features = 1024;      // hash buckets of words
  int64_t min_class_size = 50;  // smaller sections have no label
  void describe(config::Fields& f);
};

struct GraphSourceOptions {
  std::string format = "hdf5";  // hdf5 | debian | planted | ppi-like
  std::string file;             // hdf5
  std::string split;            // name in the file; empty = the only one; random = 60/20/20 by seed
  int64_t seed = 1;             // generators and random splits
  PlantedOptions planted;
  PpiLikeOptions ppi_like;
  DebianOptions debian;
  void describe(config::Fields& f);
};

struct GraphFormat {
  const char* name;
  const char* help;
  Graph (*load)(const GraphSourceOptions&);
  // What identifies the content for caches and messages ("file.h5", "apt lists").
  std::string (*where)(const GraphSourceOptions&);
  // As load without features and node names, for those who only partition; null = load does it all.
  Graph (*load_pattern)(const GraphSourceOptions&);
};
std::span<const GraphFormat> graph_formats();

// Loads, checks and returns canonical data. Error(data) with address.
Graph load_graph(const GraphSourceOptions& options);
// Loads edges, labels and split only (to partition before the features are in memory); formats that
// cannot, load all.
Graph load_graph_pattern(const GraphSourceOptions& options);
// What identifies the data in caches and messages.
std::string graph_source_name(const GraphSourceOptions& options);
// Atomic: a complete file or none. The split is written as splits/default. Error(cannot_create |
// io).
void write_graph_hdf5(const Graph& graph, const std::string& path);

}  // namespace laconic::data
