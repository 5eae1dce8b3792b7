// Makes a graph of files that other programs wrote. What can be converted exactly is converted, and
// each change is counted in a note; anything else is refused with what to type in Python.
#pragma once

#include "data/import/parts.hpp"

namespace laconic::data {

struct ImportedGraph {
  Graph graph;                     // without a split
  std::vector<NamedSplit> splits;  // may be empty
  Notes notes;                     // sentences: what was found, changed and left out
};

// Reads a file or a folder (data/import/bag.hpp). Error(data) names the place.
ImportedGraph import_graph(const std::string& path);

}  // namespace laconic::data
