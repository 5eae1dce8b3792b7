#include "framework/ops/flatten/flatten.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

void infer_flatten(NodeSpec& node) {
  check_attributes(node, {"height", "width"});
  check_inputs(node, 1, 1);
  check_space(node, Space::Kind::pixels);
  const int64_t height = integer_attribute(node, "height", 0);
  const int64_t width = integer_attribute(node, "width", 0);
  check_sizes(node, {{"height", height}, {"width", width}});
  node.outputs = {{height * width * node.inputs[0].width}};
  node.parameters.clear();
}

BackwardNeeds flatten_needs(const NodeSpec&) {
  return {.view = true};
}

double flatten_flops_per_row(const NodeSpec&) {
  return 0;
}

std::vector<Example> flatten_examples() {
  std::vector<Example> all;
  const auto example = [&](const Extents& batch, int64_t channels, int64_t stride) {
    const Extent image = Space::pixels(stride).extent(batch);
    all.push_back(pixel_example("flatten", channels, batch, stride,
                                {{"height", image.height}, {"width", image.width}}));
  };
  example({13, 4, 5}, 3, 1);
  example({7, 9, 6}, 16, 2);
  example({5, 1, 1}, 1, 1);
  return all;
}

// A copy is no work worth a second implementation: normally there is none, since memory is shared.
constexpr Implementation<float> flatten_float32[] = {{"ref", accept, make_flatten_ref<float>}};
constexpr Implementation<double> flatten_float64[] = {{"ref", accept, make_flatten_ref<double>}};

}  // namespace

constinit const OpKind kinds::flatten = {"flatten",
                                         "all pixels of an image as one row",
                                         infer_flatten,
                                         flatten_needs,
                                         flatten_flops_per_row,
                                         flatten_float32,
                                         flatten_float64,
                                         flatten_examples};

}  // namespace laconic::ops
