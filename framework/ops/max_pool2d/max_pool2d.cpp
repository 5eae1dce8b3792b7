#include "framework/ops/max_pool2d/max_pool2d.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

MaxPool2dShape::MaxPool2dShape(const NodeSpec& node)
    : channels(node.inputs[0].width),
      kernel(integer_attribute(node, "kernel", 0)),
      stride(integer_attribute(node, "stride", kernel)) {}

namespace {

void infer_max_pool2d(NodeSpec& node) {
  check_attributes(node, {"kernel", "stride"});
  check_inputs(node, 1, 1);
  check_space(node, Space::Kind::pixels);
  const MaxPool2dShape shape(node);
  check_sizes(node, {{"kernel", shape.kernel}, {"stride", shape.stride}});
  if (shape.kernel > 1024)
    fail_node(node, "attribute kernel is {}, must be at most 1024", shape.kernel);
  node.outputs = {{shape.channels, coarser(node, shape.stride)}};
  node.parameters.clear();
}

BackwardNeeds max_pool2d_needs(const NodeSpec& node) {
  return {.saved = {.per_row = node.outputs[0].width}};
}

double max_pool2d_flops_per_row(const NodeSpec& node) {
  const MaxPool2dShape shape(node);
  return static_cast<double>(shape.kernel * shape.kernel * shape.channels);
}

std::vector<Example> max_pool2d_examples() {
  std::vector<Example> all;
  const auto example = [&](int64_t height, int64_t width, int64_t channels, int64_t kernel,
                           int64_t stride, int64_t rows, int64_t of_input = 1) {
    all.push_back(pixel_example("max_pool2d", channels, {rows, height, width}, of_input,
                                {{"kernel", kernel}, {"stride", stride}}));
  };
  example(8, 6, 32, 2, 2, 21);       // windows that tile the image
  example(9, 5, 3, 2, 2, 9);         // windows that the edge cuts
  example(5, 5, 3, 3, 1, 9);         // windows that overlap
  example(14, 16, 17, 3, 2, 11, 2);  // windows that overlap, on pixels of stride 2
  example(7, 7, 1, 2, 3, 6);         // windows with gaps between them
  example(4, 3, 20, 4, 4, 5);        // one window, larger than the image
  example(3, 2, 5, 1, 1, 4);         // windows of one pixel
  return all;
}

constexpr Implementation<float> max_pool2d_float32[] = {
    {"cpu", accept, make_max_pool2d_cpu}, {"ref", accept, make_max_pool2d_ref<float>}};
constexpr Implementation<double> max_pool2d_float64[] = {
    {"ref", accept, make_max_pool2d_ref<double>}};

}  // namespace

constinit const OpKind kinds::max_pool2d = {"max_pool2d",
                                            "largest value of each window of an image, by channel",
                                            infer_max_pool2d,
                                            max_pool2d_needs,
                                            max_pool2d_flops_per_row,
                                            max_pool2d_float32,
                                            max_pool2d_float64,
                                            max_pool2d_examples};

}  // namespace laconic::ops
