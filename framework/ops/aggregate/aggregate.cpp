#include "framework/ops/aggregate/aggregate.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_aggregate(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 2);
  check_space(node, Space::Kind::rows);
  if (node.inputs.back().width != node.inputs.front().width)
    fail_node(node, "the addend has width {}, x has {}", node.inputs.back().width,
              node.inputs.front().width);
  set_output(node, node.inputs.front().width);
  node.parameters.clear();
}

BackwardNeeds aggregate_needs(const NodeSpec&) {
  return {};
}

double aggregate_flops_per_row(const NodeSpec& node) {
  return 2.0 * static_cast<double>(node.outputs[0].width);
}

std::vector<Example> aggregate_examples() {
  std::vector<Example> all;
  for (const int64_t width : {1, 7, 47, 64, 128, 200})
    for (const size_t inputs : {1, 2}) {
      all.push_back(dense_example("aggregate", std::vector<int64_t>(inputs, width), 23));
      all.back().needs_neighbourhood = true;
    }
  return all;
}

constexpr Implementation<float> aggregate_float32[] = {{"cpu", accept, make_aggregate_cpu},
                                                       {"ref", accept, make_aggregate_ref<float>}};
constexpr Implementation<double> aggregate_float64[] = {
    {"ref", accept, make_aggregate_ref<double>}};

}  // namespace

constinit const OpKind kinds::aggregate = {
    "aggregate",
    "the neighbourhood's aggregation operator times x (+ addend)",
    infer_aggregate,
    aggregate_needs,
    aggregate_flops_per_row,
    aggregate_float32,
    aggregate_float64,
    aggregate_examples};

}  // namespace laconic::ops
