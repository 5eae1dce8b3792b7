#include "framework/ops/mean_pool/mean_pool.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_mean_pool(NodeSpec& node) {
  check_attributes(node, {});
  check_inputs(node, 1, 1);
  check_space(node, Space::Kind::pixels);
  node.outputs = {{node.inputs[0].width}};
  node.parameters.clear();
}

BackwardNeeds mean_pool_needs(const NodeSpec&) {
  return {};
}

double mean_pool_flops_per_row(const NodeSpec&) {
  return 0;  // it depends on the size of the images, and is small beside a convolution
}

std::vector<Example> mean_pool_examples() {
  return {pixel_example("mean_pool", 3, {13, 4, 5}, 1),
          pixel_example("mean_pool", 64, {7, 9, 6}, 2), pixel_example("mean_pool", 1, {5, 1, 1}, 1),
          pixel_example("mean_pool", 37, {3, 12, 9}, 1)};
}

constexpr Implementation<float> mean_pool_float32[] = {{"cpu", accept, make_mean_pool_cpu},
                                                       {"ref", accept, make_mean_pool_ref<float>}};
constexpr Implementation<double> mean_pool_float64[] = {
    {"ref", accept, make_mean_pool_ref<double>}};

}  // namespace

constinit const OpKind kinds::mean_pool = {"mean_pool",
                                           "mean over the pixels of an image, by channel",
                                           infer_mean_pool,
                                           mean_pool_needs,
                                           mean_pool_flops_per_row,
                                           mean_pool_float32,
                                           mean_pool_float64,
                                           mean_pool_examples};

}  // namespace laconic::ops
