#include "framework/ops/relu/relu.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_relu(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 1);
  set_output(node, node.inputs[0].width);
  node.parameters.clear();
}

BackwardNeeds relu_needs(const NodeSpec&) {
  return {.output = true, .in_place = true};
}

double relu_flops_per_row(const NodeSpec& node) {
  return static_cast<double>(node.outputs[0].width);
}

std::vector<Example> relu_examples() {
  return {dense_example("relu", {1}, 21), dense_example("relu", {19}, 21),
          dense_example("relu", {64}, 300)};
}

constexpr Implementation<float> relu_float32[] = {{"cpu", accept, make_relu_cpu},
                                                  {"ref", accept, make_relu_ref<float>}};
constexpr Implementation<double> relu_float64[] = {{"ref", accept, make_relu_ref<double>}};

}  // namespace

constinit const OpKind kinds::relu = {"relu",       "y = max(x, 0)",    infer_relu,
                                      relu_needs,   relu_flops_per_row, relu_float32,
                                      relu_float64, relu_examples};

}  // namespace laconic::ops
