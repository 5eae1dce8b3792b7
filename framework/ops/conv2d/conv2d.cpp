#include "framework/ops/conv2d/conv2d.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

Conv2dShape::Conv2dShape(const NodeSpec& node)
    : height(integer_attribute(node, "height", 0)),
      width(integer_attribute(node, "width", 0)),
      channels_in(integer_attribute(node, "channels_in", 0)),
      channels_out(integer_attribute(node, "channels_out", 0)),
      kernel(integer_attribute(node, "kernel", 0)),
      stride(integer_attribute(node, "stride", 1)),
      padding(integer_attribute(node, "padding", 0)) {}

namespace {

void infer(NodeSpec& node) {
  check_attributes(node, {"height", "width", "channels_in", "channels_out", "kernel", "stride",
                          "padding", "bias", "input_units", "output_units", "decay"});
  check_inputs(node, 1, 1);
  const Conv2dShape shape(node);
  check_sizes(node, {{"height", shape.height},
                     {"width", shape.width},
                     {"channels_in", shape.channels_in},
                     {"channels_out", shape.channels_out},
                     {"kernel", shape.kernel},
                     {"stride", shape.stride}});
  if (shape.padding < 0 || shape.padding >= shape.kernel)
    fail_node(node, "attribute padding is {}, must be from 0 to kernel - 1", shape.padding);
  if (std::min(shape.height, shape.width) + 2 * shape.padding < shape.kernel)
    fail_node(node, "a kernel of {} does not fit into an image of {} x {} padded by {}",
              shape.kernel, shape.height, shape.width, shape.padding);
  if (node.input_widths[0] != shape.input_width())
    fail_node(node, "the input has width {}, {} x {} pixels of {} channels make {}",
              node.input_widths[0], shape.height, shape.width, shape.channels_in,
              shape.input_width());
  node.output_width = shape.output_width();

  ParameterSpec parameter;
  parameter.name = node.name + ".weight";
  parameter.rows = shape.patch();
  parameter.cols = shape.channels_out;
  parameter.row_units = text_attribute(node, "input_units", "");
  parameter.col_units = text_attribute(node, "output_units", "");
  parameter.fan_in = shape.patch();
  parameter.fan_out = shape.kernel * shape.kernel * shape.channels_out;
  parameter.decay = real_attribute(node, "decay", 1);
  node.parameters = {parameter};
  if (flag_attribute(node, "bias", false)) {
    parameter.name = node.name + ".bias";
    parameter.rows = 1;
    parameter.row_units.clear();
    parameter.init = ParameterSpec::Init::zeros;
    parameter.fan_in = parameter.fan_out = 0;
    node.parameters.push_back(parameter);
  }
}

BackwardNeeds needs(const NodeSpec&) {
  return {.inputs = true};
}

double flops_per_row(const NodeSpec& node) {
  return 2.0 * static_cast<double>(Conv2dShape(node).patch() * node.output_width);
}

std::vector<Example> examples() {
  std::vector<Example> all;
  struct Numbers {
    int64_t height, width, in, out, kernel, stride, padding;
  };
  const auto example = [&](const Numbers& n, bool bias, int64_t rows) {
    all.push_back(dense_example("conv2d", {n.height * n.width * n.in}, rows,
                                {{"height", n.height},
                                 {"width", n.width},
                                 {"channels_in", n.in},
                                 {"channels_out", n.out},
                                 {"kernel", n.kernel},
                                 {"stride", n.stride},
                                 {"padding", n.padding},
                                 {"bias", bias}}));
  };
  example({9, 7, 3, 5, 3, 1, 1}, true, 7);
  example({8, 8, 1, 32, 5, 1, 2}, true, 19);   // the first layer of a small net
  example({6, 6, 16, 17, 5, 1, 2}, false, 4);  // channels about the width of a vector
  example({10, 9, 2, 4, 3, 2, 0}, true, 5);    // the last column is in no window
  example({7, 11, 4, 3, 2, 3, 1}, false, 5);   // even kernel, stride above it
  example({5, 4, 20, 6, 1, 1, 0}, true, 33);   // a linear map of each pixel
  example({3, 3, 2, 2, 3, 1, 2}, true, 3);     // windows almost all outside
  example({4, 4, 3, 2, 4, 1, 0}, false, 2);    // one window: a linear layer
  example({1, 1, 1, 1, 1, 1, 0}, true, 2);
  return all;
}

constexpr Implementation<float> float32[] = {{"cpu", accept, make_conv2d_cpu},
                                             {"ref", accept, make_conv2d_ref<float>}};
constexpr Implementation<double> float64[] = {{"ref", accept, make_conv2d_ref<double>}};

}  // namespace

constinit const OpKind kinds::conv2d = {
    "conv2d",      "convolution of images with a square kernel (+ bias)",
    infer,         needs,
    flops_per_row, float32,
    float64,       examples};

}  // namespace laconic::ops
