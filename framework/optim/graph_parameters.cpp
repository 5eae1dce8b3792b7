#include "framework/optim/graph_parameters.hpp"

namespace laconic::optim {

std::vector<Parameter> parameters_of(const graph::Graph& graph) {
  std::vector<Parameter> all;
  for (const graph::Parameter& p : graph.parameters)
    all.push_back({.offset = p.offset,
                   .size = p.size(),
                   .decay = p.spec.decay,
                   .matrix = p.spec.rows > 1,
                   .layer = p.spec.layer});
  return all;
}

}  // namespace laconic::optim
