#include "framework/ops/batch_norm/batch_norm.hpp"

#include "framework/ops/channel_norm/channel_norm.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

BatchNormOptions::BatchNormOptions(const NodeSpec& node)
    : relu(text_attribute(node, "activation", "none") == "relu"),
      frozen(flag_attribute(node, "frozen", false)),
      affine(flag_attribute(node, "affine", true)),
      epsilon(real_attribute(node, "epsilon", 1e-5)),
      momentum(real_attribute(node, "momentum", 0.1)) {}

namespace {

void infer_batch_norm(NodeSpec& node) {
  check_attributes(
      node, {"activation", "epsilon", "momentum", "frozen", "affine", "rule", "units", "decay"});
  infer_channel_norm(node);
  const BatchNormOptions options(node);
  if (!(options.momentum >= 0 && options.momentum <= 1))
    fail_node(node, "attribute momentum is {}, must be from 0 to 1", options.momentum);
  StateSpec mean;
  mean.name = node.name + ".running_mean";
  mean.count = node.outputs[0].width;
  mean.rule = rule_from(text_attribute(node, "rule", "average"));
  StateSpec variance = mean;
  variance.name = node.name + ".running_variance";
  variance.initial = 1;
  node.states = {mean, variance};
}

BackwardNeeds batch_norm_needs(const NodeSpec& node) {
  return {.inputs = true, .saved = {.fixed = 2 * node.outputs[0].width}};
}

double batch_norm_flops_per_row(const NodeSpec& node) {
  return 8.0 * static_cast<double>(node.outputs[0].width);
}

std::vector<Example> batch_norm_examples() {
  std::vector<Example> all;
  const auto add = [&](Example example) {
    example.node.attributes["epsilon"] = 1e-3;
    example.tolerance = 3e-5;
    all.push_back(std::move(example));
  };
  for (const int64_t width : {1, 7, 16, 47})
    for (const char* activation : {"none", "relu"})
      add(dense_example("batch_norm", {width}, 37, {{"activation", activation}}));
  add(dense_example("batch_norm", {20}, 300, {{"activation", "relu"}}));  // several strips
  add(dense_example("batch_norm", {19}, 37, {{"affine", false}, {"momentum", 1.0}}));
  add(dense_example("batch_norm", {19}, 37, {{"frozen", true}, {"activation", "relu"}}));
  add(dense_example("batch_norm", {5}, 37, {{"frozen", true}, {"affine", false}}));
  add(pixel_example("batch_norm", 12, {3, 9, 7}, 2, {{"activation", "relu"}}));
  return all;
}

constexpr Implementation<float> batch_norm_float32[] = {
    {"cpu", accept, make_batch_norm_cpu}, {"ref", accept, make_batch_norm_ref<float>}};
constexpr Implementation<double> batch_norm_float64[] = {
    {"ref", accept, make_batch_norm_ref<double>}};

}  // namespace

constinit const OpKind kinds::batch_norm = {
    "batch_norm",
    "normalisation of each channel over the batch, with running statistics",
    infer_batch_norm,
    batch_norm_needs,
    batch_norm_flops_per_row,
    batch_norm_float32,
    batch_norm_float64,
    batch_norm_examples};

}  // namespace laconic::ops
