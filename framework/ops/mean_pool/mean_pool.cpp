#include "framework/ops/mean_pool/mean_pool.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 1);
  check_space(node, Space::Kind::pixels);
  node.outputs = {{node.inputs[0].width}};
  node.parameters.clear();
}

BackwardNeeds needs(const NodeSpec&) {
  return {};
}

double flops_per_row(const NodeSpec&) {
  return 0;  // it depends on the size of the images, and is small beside a convolution
}

std::vector<Example> examples() {
  return {pixel_example("mean_pool", 3, {13, 4, 5}, 1),
          pixel_example("mean_pool", 64, {7, 9, 6}, 2), pixel_example("mean_pool", 1, {5, 1, 1}, 1),
          pixel_example("mean_pool", 37, {3, 12, 9}, 1)};
}

constexpr Implementation<float> float32[] = {{"cpu", accept, make_mean_pool_cpu},
                                             {"ref", accept, make_mean_pool_ref<float>}};
constexpr Implementation<double> float64[] = {{"ref", accept, make_mean_pool_ref<double>}};

}  // namespace

constinit const OpKind kinds::mean_pool = {
    "mean_pool",   "mean over the pixels of an image, by channel",
    infer,         needs,
    flops_per_row, float32,
    float64,       examples};

}  // namespace laconic::ops
