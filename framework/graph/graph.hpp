// A network as a plain, serialisable list of nodes in execution order. Value ids: the graph's
// inputs first, then one value a node. Parameters live in one flat buffer, ordered as their
// gradients become final when backward walks the nodes from last to first, so that a bucket of
// finished gradients is a sub-span.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "framework/ops/op.hpp"

namespace laconic::graph {

using ValueId = int32_t;

struct InputSpec {
  std::string name;  // "features"
  int64_t width = 0;
  bool sparse = false;
};

struct Parameter {
  ops::ParameterSpec spec;
  int32_t node = 0;
  int64_t offset = 0;  // into the flat buffers
  int64_t size() const { return spec.rows * spec.cols; }
};

struct Node {
  ops::NodeSpec spec;
  std::vector<ValueId> inputs;
  std::vector<int32_t> parameters;  // indices into Graph::parameters
};

struct Graph {
  std::vector<InputSpec> inputs;
  std::vector<Node> nodes;
  std::vector<Parameter> parameters;
  int64_t parameter_count = 0;

  ValueId value_of_node(int64_t node) const { return static_cast<ValueId>(inputs.size() + node); }
  bool is_input(ValueId v) const { return v < static_cast<ValueId>(inputs.size()); }
  int64_t node_of(ValueId v) const { return v - static_cast<int64_t>(inputs.size()); }
  int64_t width(ValueId v) const;
  ValueId output() const { return value_of_node(static_cast<int64_t>(nodes.size()) - 1); }
  const Parameter* find_parameter(const std::string& name) const;  // null if absent

  nlohmann::json to_json() const;  // nodes, attributes, parameter table
};

class GraphBuilder {
 public:
  ValueId input(const std::string& name, int64_t width, bool sparse = false);
  // Adds a node; its parameters are named by the kind. Error(config) with the node's name if it
  // does not fit.
  ValueId add(const std::string& kind, const std::string& name, std::vector<ValueId> inputs,
              nlohmann::json attributes = nlohmann::json::object());
  // The last node added is the output.
  Graph finish();

 private:
  Graph graph_;
};

// Gives `graph` the parameter offsets of `reference`, matched by name (e.g. an evaluation variant
// of a network that orders its nodes differently but runs on the same flat buffer). Both must have
// the same parameters.
void adopt_layout(Graph& graph, const Graph& reference);

// Initial values: a function of (seed, parameter name, element), so equal for every variant of a
// network.
void initialise(const Graph& graph, uint64_t seed, std::span<float> parameters);

}  // namespace laconic::graph
