// The parameters of a graph, as an optimizer sees them.
#pragma once

#include <vector>

#include "framework/graph/graph.hpp"
#include "framework/optim/rule.hpp"

namespace laconic::optim {

// Returns them in the order of Graph::parameters.
std::vector<Parameter> parameters_of(const graph::Graph& graph);

}  // namespace laconic::optim
