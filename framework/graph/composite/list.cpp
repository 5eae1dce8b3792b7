#include "framework/graph/composite/list.hpp"

#include "framework/base/find_by_name.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {

std::span<const CompositeKind* const> composite_list() {
  static constexpr const CompositeKind* all[] = {&composites::recompute};
  return all;
}

const CompositeKind& composite(const Node& node) {
  return find_by_name(composite_list(), node.spec.kind, "composite");
}

void infer(Node& node) {
  if (node.body) return composite(node).infer(node.spec, *node.body);
  for (const CompositeKind* kind : composite_list())
    if (node.spec.kind == kind->name) ops::fail_node(node.spec, "has no body, needs one");
  ops::find(node.spec.kind).infer(node.spec);
}

ops::BackwardNeeds needs_of(const Node& node) {
  return node.body ? composite(node).needs(node.spec, *node.body)
                   : ops::find(node.spec.kind).needs(node.spec);
}

void take_from_body(ops::NodeSpec& node, const Graph& body) {
  if (node.inputs.size() != body.inputs.size())
    ops::fail_node(node, "has {} inputs, its body {}", node.inputs.size(), body.inputs.size());
  for (size_t i = 0; i < node.inputs.size(); ++i)
    if (node.inputs[i] != body.inputs[i].value)
      ops::fail_node(node, "input {} and input '{}' of its body have different shapes", i,
                     body.inputs[i].name);
  node.outputs.clear();
  for (const ValueId v : body.outputs) node.outputs.push_back(body.values[v].spec);
  node.parameters.clear();
  for (const Parameter& p : body.parameters) node.parameters.push_back(p.spec);
  node.states.clear();
  for (const State& s : body.states) node.states.push_back(s.spec);
}

}  // namespace laconic::graph
