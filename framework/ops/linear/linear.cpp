#include "framework/ops/linear/linear.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_linear(NodeSpec& node) {
  check_attributes(node, {"out", "bias", "weight_names", "input_units", "output_units", "decay",
                          "bias_name", "fan_in"});
  check_inputs(node, 1, kAnyNumber, /*sparse_allowed=*/true);
  set_output(node, integer_attribute(node, "out", 0));
  if (node.outputs[0].width < 1)
    fail_node(node, "attribute out is {}, must be at least 1", node.outputs[0].width);

  const size_t inputs = node.inputs.size();
  std::vector<std::string> names;
  for (size_t i = 0; i < inputs; ++i)
    names.push_back(inputs == 1 ? node.name + ".weight"
                                : fmt::format("{}.weight_{}", node.name, i));
  names = texts_attribute(node, "weight_names", names);
  const auto units = texts_attribute(node, "input_units", std::vector<std::string>(inputs));

  ParameterSpec parameter;
  parameter.cols = parameter.fan_out = node.outputs[0].width;
  parameter.col_units = text_attribute(node, "output_units", "");
  parameter.decay = real_attribute(node, "decay", 1);
  int64_t total = 0;
  for (const ValueSpec& input : node.inputs) total += input.width;
  parameter.fan_in = integer_attribute(node, "fan_in", total);
  node.parameters.clear();
  for (size_t i = 0; i < inputs; ++i) {
    parameter.name = names[i];
    parameter.rows = node.inputs[i].width;
    parameter.row_units = units[i];
    node.parameters.push_back(parameter);
  }
  if (flag_attribute(node, "bias", false)) {
    parameter.name = text_attribute(node, "bias_name", node.name + ".bias");
    parameter.rows = 1;
    parameter.row_units.clear();
    parameter.init = ParameterSpec::Init::zeros;
    parameter.fan_in = parameter.fan_out = 0;
    node.parameters.push_back(parameter);
  }
}

BackwardNeeds linear_needs(const NodeSpec&) {
  return {.inputs = true};
}

double linear_flops_per_row(const NodeSpec& node) {
  double flops = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i)
    if (!is_sparse(node, i))
      flops += 2.0 * static_cast<double>(node.inputs[i].width * node.outputs[0].width);
  return flops;
}

std::vector<Example> linear_examples() {
  std::vector<Example> all;
  const auto example = [&](std::vector<int64_t> widths, std::vector<bool> sparse, int out,
                           bool bias, int64_t rows) {
    all.push_back(dense_example("linear", std::move(widths), rows, {{"out", out}, {"bias", bias}}));
    for (size_t i = 0; i < sparse.size(); ++i) all.back().node.inputs[i].sparse = sparse[i];
  };
  example({7}, {false}, 5, false, 13);
  example({33, 20}, {false, false}, 47, true, 29);
  example({50}, {true}, 17, true, 31);
  example({40, 24}, {true, false}, 70, false, 19);
  example({1}, {false}, 1, true, 3);
  example({24}, {false}, 150, true, 400);
  return all;
}

constexpr Implementation<float> linear_float32[] = {{"cpu", accept, make_linear_cpu},
                                                    {"ref", accept, make_linear_ref<float>}};
constexpr Implementation<double> linear_float64[] = {{"ref", accept, make_linear_ref<double>}};

}  // namespace

constinit const OpKind kinds::linear = {"linear",
                                        "Z = sum of X_i W_i (+ bias)",
                                        infer_linear,
                                        linear_needs,
                                        linear_flops_per_row,
                                        linear_float32,
                                        linear_float64,
                                        linear_examples};

}  // namespace laconic::ops
