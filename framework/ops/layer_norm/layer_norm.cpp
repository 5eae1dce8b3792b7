#include "framework/ops/layer_norm/layer_norm.hpp"

#include "framework/ops/channel_norm/channel_norm.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_layer_norm(NodeSpec& node) {
  check_attributes(node, {"activation", "epsilon", "units", "decay"});
  infer_channel_norm(node);
}

BackwardNeeds layer_norm_needs(const NodeSpec&) {
  return {.inputs = true, .saved = {.per_row = 2}};
}

double layer_norm_flops_per_row(const NodeSpec& node) {
  return 8.0 * static_cast<double>(node.outputs[0].width);
}

std::vector<Example> layer_norm_examples() {
  std::vector<Example> all;
  for (const int64_t width : {2, 7, 16, 47, 128, 200})
    for (const char* activation : {"none", "relu"}) {
      all.push_back(dense_example("layer_norm", {width}, 37,
                                  {{"activation", activation}, {"epsilon", 1e-3}}));
      all.back().tolerance = 3e-5;
    }
  all.push_back(dense_example("layer_norm", {40}, 500, {{"activation", "relu"}}));
  all.back().tolerance = 3e-5;
  return all;
}

constexpr Implementation<float> layer_norm_float32[] = {
    {"cpu", accept, make_layer_norm_cpu}, {"ref", accept, make_layer_norm_ref<float>}};
constexpr Implementation<double> layer_norm_float64[] = {
    {"ref", accept, make_layer_norm_ref<double>}};

}  // namespace

constinit const OpKind kinds::layer_norm = {
    "layer_norm",
    "layer normalisation with gamma, beta and an activation",
    infer_layer_norm,
    layer_norm_needs,
    layer_norm_flops_per_row,
    layer_norm_float32,
    layer_norm_float64,
    layer_norm_examples};

}  // namespace laconic::ops
