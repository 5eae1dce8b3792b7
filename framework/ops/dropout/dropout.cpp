#include "framework/ops/dropout/dropout.hpp"

#include <algorithm>
#include <cmath>

#include "framework/ops/kind.hpp"

namespace laconic::ops {

DropoutRate dropout_rate(double rate) {
  const uint32_t threshold =
      std::min<uint32_t>(65535, static_cast<uint32_t>(std::lround(65536 * rate)));
  return {threshold, 65536.0 / (65536 - threshold)};
}

namespace {

void infer_dropout(NodeSpec& node) {
  check_attributes(node, {"rate", "site"});
  check_inputs(node, 1, 1);
  const double rate = real_attribute(node, "rate", 0);
  if (!(rate >= 0 && rate < 1)) fail_node(node, "attribute rate is {}, must be in [0, 1)", rate);
  const int64_t site = integer_attribute(node, "site", 0);
  if (site < 0 || site > INT32_MAX)
    fail_node(node, "attribute site is {}, must be in [0, 2^31)", site);
  set_output(node, node.inputs[0].width);
  node.parameters.clear();
}

BackwardNeeds dropout_needs(const NodeSpec&) {
  return {.in_place = true};
}

double dropout_flops_per_row(const NodeSpec& node) {
  return static_cast<double>(node.outputs[0].width);
}

std::vector<Example> dropout_examples() {
  std::vector<Example> all;
  for (const int64_t width : {3, 64, 137, 200})
    for (const double rate : {0.0, 0.2, 0.75})
      all.push_back(dense_example("dropout", {width}, 27, {{"rate", rate}, {"site", 3}}));
  all.push_back(dense_example("dropout", {70}, 300, {{"rate", 0.5}}));
  return all;
}

constexpr Implementation<float> dropout_float32[] = {{"cpu", accept, make_dropout_cpu},
                                                     {"ref", accept, make_dropout_ref<float>}};
constexpr Implementation<double> dropout_float64[] = {{"ref", accept, make_dropout_ref<double>}};

}  // namespace

constinit const OpKind kinds::dropout = {"dropout",
                                         "zeroes elements at random in training, scales the others",
                                         infer_dropout,
                                         dropout_needs,
                                         dropout_flops_per_row,
                                         dropout_float32,
                                         dropout_float64,
                                         dropout_examples};

}  // namespace laconic::ops
