#include "framework/ops/add/add.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_add(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, kAnyNumber);
  set_output(node, node.inputs[0].width);
  for (size_t i = 1; i < node.inputs.size(); ++i)
    if (node.inputs[i].width != node.outputs[0].width)
      fail_node(node, "input {} has width {}, input 0 has {}", i, node.inputs[i].width,
                node.outputs[0].width);
  node.parameters.clear();
}

BackwardNeeds add_needs(const NodeSpec&) {
  return {.in_place = true};
}

double add_flops_per_row(const NodeSpec& node) {
  return static_cast<double>(node.outputs[0].width) * static_cast<double>(node.inputs.size() - 1);
}

std::vector<Example> add_examples() {
  std::vector<Example> all;
  for (const size_t inputs : {1, 2, 3})
    all.push_back(dense_example("add", std::vector<int64_t>(inputs, 33), 17));
  all.push_back(dense_example("add", {64, 64}, 300));
  return all;
}

constexpr Implementation<float> add_float32[] = {{"cpu", accept, make_add_cpu},
                                                 {"ref", accept, make_add_ref<float>}};
constexpr Implementation<double> add_float64[] = {{"ref", accept, make_add_ref<double>}};

}  // namespace

constinit const OpKind kinds::add = {"add",       "sum of the inputs", infer_add,
                                     add_needs,   add_flops_per_row,   add_float32,
                                     add_float64, add_examples};

}  // namespace laconic::ops
