#include "framework/ops/group_norm/group_norm.hpp"

#include "framework/ops/channel_norm/channel_norm.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

GroupNormOptions::GroupNormOptions(const NodeSpec& node)
    : groups(integer_attribute(node, "groups", 0)),
      cols(node.inputs[0].width),
      relu(text_attribute(node, "activation", "none") == "relu"),
      affine(flag_attribute(node, "affine", true)),
      epsilon(real_attribute(node, "epsilon", 1e-5)) {}

namespace {

void infer_group_norm(NodeSpec& node) {
  check_attributes(node, {"groups", "activation", "epsilon", "affine", "units", "decay"});
  infer_channel_norm(node);
  const int64_t groups = integer_attribute(node, "groups", 0), cols = node.inputs[0].width;
  if (groups < 1 || groups > cols || cols % groups != 0)
    fail_node(node, "attribute groups is {}, must divide {} channels", groups, cols);
}

BackwardNeeds group_norm_needs(const NodeSpec& node) {
  return {.inputs = true, .saved = {.per_item = 2 * integer_attribute(node, "groups", 0)}};
}

double group_norm_flops_per_row(const NodeSpec& node) {
  return 8.0 * static_cast<double>(node.outputs[0].width);
}

std::vector<Example> group_norm_examples() {
  std::vector<Example> all;
  const auto add = [&](Example example) {
    example.node.attributes["epsilon"] = 1e-3;
    example.tolerance = 3e-5;
    all.push_back(std::move(example));
  };
  for (const char* activation : {"none", "relu"}) {
    add(dense_example("group_norm", {24}, 37, {{"groups", 4}, {"activation", activation}}));
    add(pixel_example("group_norm", 10, {5, 9, 7}, 2, {{"groups", 2}, {"activation", activation}}));
  }
  add(dense_example("group_norm", {21}, 70, {{"groups", 1}, {"affine", false}}));
  add(pixel_example("group_norm", 3, {40, 5, 3}, 1, {{"groups", 3}}));  // by channel
  add(pixel_example("group_norm", 4, {2, 20, 17}, 1, {{"groups", 2}, {"activation", "relu"}}));
  return all;
}

constexpr Implementation<float> group_norm_float32[] = {
    {"cpu", accept, make_group_norm_cpu}, {"ref", accept, make_group_norm_ref<float>}};
constexpr Implementation<double> group_norm_float64[] = {
    {"ref", accept, make_group_norm_ref<double>}};

}  // namespace

constinit const OpKind kinds::group_norm = {
    "group_norm",
    "normalisation of each item over groups of its channels",
    infer_group_norm,
    group_norm_needs,
    group_norm_flops_per_row,
    group_norm_float32,
    group_norm_float64,
    group_norm_examples};

}  // namespace laconic::ops
