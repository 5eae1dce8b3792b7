// A network as a plain, serialisable list of nodes in execution order. Values are numbered: first
// the graph's inputs, then the outputs of node 0, of node 1, and so on. Parameters are in one flat
// buffer. Backward runs from the last node to the first, and the buffer has the order in which
// gradients become final. So a bucket of final gradients is a sub-span. Untrained state is in
// another flat buffer, ordered by rule.
//
// A composite node owns a graph, its body (composite/list.hpp). Its parameters are those of the
// body, and lie where they would lie if the body's nodes stood in its place.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "framework/ops/op.hpp"

namespace laconic::graph {

using ValueId = int32_t;
struct Graph;

struct InputSpec {
  std::string name;  // "features"
  ops::ValueSpec value;

  bool operator==(const InputSpec&) const = default;
};

struct Parameter {
  ops::ParameterSpec spec;
  int32_t node = 0;
  int64_t offset = 0;  // into the flat buffers
  int64_t size() const { return spec.rows * spec.cols; }

  bool operator==(const Parameter&) const = default;
};

struct State {
  ops::StateSpec spec;
  int32_t node = 0;
  int64_t offset = 0;  // into the flat buffer of state

  bool operator==(const State&) const = default;
};

struct Node {
  ops::NodeSpec spec;
  std::vector<ValueId> inputs, outputs;
  std::vector<int32_t> parameters;              // indices into Graph::parameters
  std::vector<int32_t> states;                  // indices into Graph::states
  std::shared_ptr<const Graph> body = nullptr;  // of a composite node

  bool operator==(const Node& other) const;  // bodies are compared by their contents
};

struct Value {
  ops::ValueSpec spec;
  int32_t node = -1;  // that computes it; -1: an input of the graph

  bool operator==(const Value&) const = default;
};

struct Graph {
  std::vector<InputSpec> inputs;
  std::vector<Node> nodes;
  std::vector<Value> values;     // by ValueId
  std::vector<ValueId> outputs;  // at least one, each of a node
  std::vector<Parameter> parameters;
  int64_t parameter_count = 0;
  std::vector<State> states;
  int64_t state_count = 0;

  bool operator==(const Graph&) const = default;

  bool is_input(ValueId v) const { return values[v].node < 0; }
  int64_t node_of(ValueId v) const { return values[v].node; }
  int64_t width(ValueId v) const { return values[v].spec.width; }
  bool is_output(ValueId v) const;
  ValueId output() const { return outputs.front(); }
  const Parameter* find_parameter(const std::string& name) const;  // null if absent
  const State* find_state(const std::string& name) const;          // null if absent
  // Returns the part of the flat buffer of state that has this rule.
  std::pair<int64_t, int64_t> begin_and_end(ops::StateSpec::Rule rule) const;

  // Nodes, attributes, bodies, tables of parameters and states. docs/formats.md describes it.
  nlohmann::json to_json() const;
  // Returns a graph that is equal to the one that wrote `json`. Error(config) with one reason.
  static Graph from_json(const nlohmann::json& json);
};

class GraphBuilder {
 public:
  ValueId input(const std::string& name, const ops::ValueSpec& value);
  ValueId input(const std::string& name, int64_t width, bool sparse = false) {
    return input(name, {.width = width, .sparse = sparse});
  }
  // The parameters of the nodes that are added from now on belong to this layer. Without a layer,
  // the parameters of each node belong to a layer with the name of the node. Those of a body keep
  // theirs.
  void layer(std::string name) { layer_ = std::move(name); }
  // Adds a node, whose kind names its parameters and states. Returns its first output; the others
  // have the next numbers. A composite kind needs a body. Error(config) with the node's name if the
  // node does not fit.
  ValueId add(const std::string& kind, const std::string& name, std::vector<ValueId> inputs,
              nlohmann::json attributes = nlohmann::json::object(),
              std::shared_ptr<const Graph> body = nullptr);
  const ops::ValueSpec& spec(ValueId v) const { return graph_.values.at(v).spec; }
  // Returns all outputs of the node that computes v.
  const std::vector<ValueId>& outputs_of(ValueId v) const {
    return graph_.nodes.at(graph_.values.at(v).node).outputs;
  }
  // Returns the graph with these outputs, or those of the last node that was added.
  Graph finish(std::vector<ValueId> outputs = {});

 private:
  Graph graph_;
  std::string layer_;
};

// Sets the offsets of parameters and states of `graph` to those of `reference`, by name. Both must
// have the same ones. For example, the evaluation variant of a network has another order of nodes
// but uses the same flat buffers.
void adopt_layout(Graph& graph, const Graph& reference);

// Writes initial values. They are a function of (seed, parameter name, element), so they are equal
// in every variant of a network.
void initialise(const Graph& graph, uint64_t seed, std::span<float> parameters);
// Writes the initial values of the untrained state.
void initialise_state(const Graph& graph, std::span<float> state);

// Returns multiply-adds * 2 of `passes` forward passes. A training step is about 3 of them:
// forward, the gradients of the parameters, those of the values. Composites may add passes.
double flops(const Graph& graph, const ops::Extents& batch, double passes);

}  // namespace laconic::graph
