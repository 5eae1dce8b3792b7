// The base of the options of every graph format, for files and generators.
#pragma once

#include <string>

#include "data/graph/graph.hpp"
#include "data/source.hpp"

namespace laconic::data {

class GraphSource : public config::Options {
 public:
  static constexpr Kind kind = Kind::graph;

  // Reads or generates the graph and checks it. Random parts depend on `seed` alone. Error(data)
  // names the place.
  Graph load(int64_t seed) const {
    Graph graph = make(seed);
    data::check(graph, where(seed));
    return graph;
  }

 private:
  virtual Graph make(int64_t seed) const = 0;
  // Returns the name of the source for messages ("file.h5", "apt lists").
  virtual std::string where(int64_t seed) const = 0;
};

// Loads the graph that the configuration selects. Its format must be a graph format.
inline Graph load_graph(const SourceOptions& source) {
  return source.format.as<GraphSource>().load(source.seed);
}

}  // namespace laconic::data
