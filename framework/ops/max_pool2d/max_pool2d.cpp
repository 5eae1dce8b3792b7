#include "framework/ops/max_pool2d/max_pool2d.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

MaxPool2dShape::MaxPool2dShape(const NodeSpec& node)
    : height(integer_attribute(node, "height", 0)),
      width(integer_attribute(node, "width", 0)),
      channels(integer_attribute(node, "channels", 0)),
      kernel(integer_attribute(node, "kernel", 0)),
      stride(integer_attribute(node, "stride", kernel)) {}

namespace {

void infer(NodeSpec& node) {
  check_attributes(node, {"height", "width", "channels", "kernel", "stride"});
  check_inputs(node, 1, 1);
  const MaxPool2dShape shape(node);
  check_sizes(node, {{"height", shape.height},
                     {"width", shape.width},
                     {"channels", shape.channels},
                     {"kernel", shape.kernel},
                     {"stride", shape.stride}});
  if (shape.kernel > std::min({shape.height, shape.width, int64_t{1024}}))
    fail_node(node, "a window of {} does not fit into an image of {} x {}, or is above 1024",
              shape.kernel, shape.height, shape.width);
  if (node.input_widths[0] != shape.input_width())
    fail_node(node, "the input has width {}, {} x {} pixels of {} channels make {}",
              node.input_widths[0], shape.height, shape.width, shape.channels, shape.input_width());
  node.output_width = shape.output_width();
  node.parameters.clear();
}

BackwardNeeds needs(const NodeSpec& node) {
  return {.saved_per_row = static_cast<int>(MaxPool2dShape(node).output_width())};
}

double flops_per_row(const NodeSpec& node) {
  const MaxPool2dShape shape(node);
  return static_cast<double>(shape.kernel * shape.kernel * shape.output_width());
}

std::vector<Example> examples() {
  std::vector<Example> all;
  const auto example = [&](int64_t height, int64_t width, int64_t channels, int64_t kernel,
                           int64_t stride, int64_t rows) {
    all.push_back(dense_example("max_pool2d", {height * width * channels}, rows,
                                {{"height", height},
                                 {"width", width},
                                 {"channels", channels},
                                 {"kernel", kernel},
                                 {"stride", stride}}));
  };
  example(8, 6, 32, 2, 2, 21);  // windows that tile the image
  example(5, 5, 3, 3, 1, 9);    // that overlap
  example(7, 8, 17, 3, 2, 11);  // that overlap and leave an edge out
  example(7, 6, 1, 2, 3, 6);    // with gaps between them
  example(4, 4, 20, 4, 1, 5);   // one
  example(3, 2, 5, 1, 1, 4);    // of one pixel
  return all;
}

constexpr Implementation<float> float32[] = {{"cpu", accept, make_max_pool2d_cpu},
                                             {"ref", accept, make_max_pool2d_ref<float>}};
constexpr Implementation<double> float64[] = {{"ref", accept, make_max_pool2d_ref<double>}};

}  // namespace

constinit const OpKind kinds::max_pool2d = {
    "max_pool2d",  "largest value of each window of an image, by channel",
    infer,         needs,
    flops_per_row, float32,
    float64,       examples};

}  // namespace laconic::ops
