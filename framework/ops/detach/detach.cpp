#include "framework/ops/detach/detach.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_detach(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 1);
  set_output(node, node.inputs[0].width);
  node.parameters.clear();
}

BackwardNeeds detach_needs(const NodeSpec&) {
  return {.view = true, .stops_gradient = true};
}

double detach_flops_per_row(const NodeSpec&) {
  return 0;
}

std::vector<Example> detach_examples() {
  return {dense_example("detach", {19}, 21), pixel_example("detach", 5, {3, 4, 6}, 2)};
}

constexpr Implementation<float> detach_float32[] = {{"ref", accept, make_detach_ref<float>}};
constexpr Implementation<double> detach_float64[] = {{"ref", accept, make_detach_ref<double>}};

}  // namespace

constinit const OpKind kinds::detach = {"detach",
                                        "y = x without a gradient",
                                        infer_detach,
                                        detach_needs,
                                        detach_flops_per_row,
                                        detach_float32,
                                        detach_float64,
                                        detach_examples};

}  // namespace laconic::ops
