// The list of composite kinds: nodes that own a graph, their body. They are here and not in ops/,
// since a composite runs a graph. A new kind needs a file and a line in list.cpp.
#pragma once

#include "framework/graph/graph.hpp"

namespace laconic::graph {

template <class T>
using MakeComposite = std::unique_ptr<ops::Kernel<T>> (*)(const Node& node, const Context& context,
                                                          const std::string& implementation);

struct CompositeKind {
  const char* name;
  const char* help;
  // Checks inputs and attributes, and sets outputs, parameters and states. Error(config) with the
  // node's name.
  void (*infer)(ops::NodeSpec&, const Graph& body);
  ops::BackwardNeeds (*needs)(const ops::NodeSpec&, const Graph& body);
  double more_passes;  // forward passes of the body per training step, beside one
  MakeComposite<float> make_float;
  MakeComposite<double> make_double;
};

namespace composites {
extern const CompositeKind recompute;
}

std::span<const CompositeKind* const> composite_list();
// Returns the kind of a node with a body. Error(config) if there is none of this name.
const CompositeKind& composite(const Node& node);

// Checks a node and sets its outputs, parameters and states, whether or not it is composite.
// Error(config) with the node's name.
void infer(Node& node);
ops::BackwardNeeds needs_of(const Node& node);

// The checks that composite kinds share: the inputs of the node are those of the body. Sets
// outputs, parameters and states to those of the body.
void take_from_body(ops::NodeSpec& node, const Graph& body);

}  // namespace laconic::graph
