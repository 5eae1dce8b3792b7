#include "framework/ops/relu/relu.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 1);
  set_output(node, node.inputs[0].width);
  node.parameters.clear();
}

BackwardNeeds needs(const NodeSpec&) {
  return {.output = true, .in_place = true};
}

double flops_per_row(const NodeSpec& node) {
  return static_cast<double>(node.outputs[0].width);
}

std::vector<Example> examples() {
  return {dense_example("relu", {1}, 21), dense_example("relu", {19}, 21),
          dense_example("relu", {64}, 300)};
}

constexpr Implementation<float> float32[] = {{"cpu", accept, make_relu_cpu},
                                             {"ref", accept, make_relu_ref<float>}};
constexpr Implementation<double> float64[] = {{"ref", accept, make_relu_ref<double>}};

}  // namespace

constinit const OpKind kinds::relu = {"relu",        "y = max(x, 0)", infer,   needs,
                                      flops_per_row, float32,         float64, examples};

}  // namespace laconic::ops
