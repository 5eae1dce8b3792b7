#include "data/graph/formats/import.hpp"

#include <algorithm>

#include "data/import/graph.hpp"

namespace laconic::data {

Graph ImportSource::make(int64_t seed) const {
  ImportedGraph imported = import_graph(file);
  std::vector<std::string> names;
  for (const NamedSplit& each : imported.splits) names.push_back(each.name);
  complete(imported.graph, names, seed, [&](const std::string& name) {
    return std::ranges::find(imported.splits, name, &NamedSplit::name)->split;
  });
  return std::move(imported.graph);
}

}  // namespace laconic::data
