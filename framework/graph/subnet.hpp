// Networks with fewer units in their hidden layers. Units are the columns of one layer's weights and
// the rows of the next one's; each kind of them has a label (ops::ParameterSpec). The features and
// the outputs of a network are no hidden units.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/graph/graph.hpp"

namespace laconic::graph {

struct HiddenUnits {
  std::string label;  // "hidden.1"
  int64_t count = 0;

  bool operator==(const HiddenUnits&) const = default;
};

// Returns the hidden units in the order of the nodes. Error(config) names the node if units have no
// parts: those of convolutions, of bodies, and of layers that are added element by element.
std::vector<HiddenUnits> hidden_units(const Graph& network);

// Returns the same nodes with `counts[i]` units of hidden_units(network)[i]. Parameters keep their
// names and their order. Error(config) names the node that does not fit.
Graph subnet(const Graph& network, std::span<const int64_t> counts);

}  // namespace laconic::graph
