#include "framework/ops/detach/detach.hpp"

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
  return {.view = true, .stops_gradient = true};
}

double flops_per_row(const NodeSpec&) {
  return 0;
}

std::vector<Example> examples() {
  return {dense_example("detach", {19}, 21), pixel_example("detach", 5, {3, 4, 6}, 2)};
}

constexpr Implementation<float> float32[] = {{"ref", accept, make_detach_ref<float>}};
constexpr Implementation<double> float64[] = {{"ref", accept, make_detach_ref<double>}};

}  // namespace

constinit const OpKind kinds::detach = {
    "detach", "y = x without a gradient", infer, needs, flops_per_row, float32, float64, examples};

}  // namespace laconic::ops
