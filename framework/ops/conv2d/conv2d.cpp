#include "framework/ops/conv2d/conv2d.hpp"

#include "framework/ops/kind.hpp"

namespace laconic::ops {

Conv2dShape::Conv2dShape(const NodeSpec& node)
    : channels_in(node.inputs[0].width),
      channels_out(integer_attribute(node, "channels_out", 0)),
      kernel(integer_attribute(node, "kernel", 0)),
      stride(integer_attribute(node, "stride", 1)) {}

namespace {

void infer_conv2d(NodeSpec& node) {
  check_attributes(
      node, {"channels_out", "kernel", "stride", "bias", "input_units", "output_units", "decay"});
  check_inputs(node, 1, 1);
  check_space(node, Space::Kind::pixels);
  const Conv2dShape shape(node);
  check_sizes(
      node,
      {{"channels_out", shape.channels_out}, {"kernel", shape.kernel}, {"stride", shape.stride}});
  if (shape.kernel % 2 == 0)
    fail_node(node, "attribute kernel is {}, must be odd, so that the image keeps its size",
              shape.kernel);
  node.outputs = {{shape.channels_out, coarser(node, shape.stride)}};

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

BackwardNeeds conv2d_needs(const NodeSpec&) {
  return {.inputs = true};
}

double conv2d_flops_per_row(const NodeSpec& node) {
  return 2.0 * static_cast<double>(Conv2dShape(node).patch() * node.outputs[0].width);
}

std::vector<Example> conv2d_examples() {
  std::vector<Example> all;
  struct Numbers {
    int64_t height, width, in, out, kernel, stride;
  };
  const auto example = [&](const Numbers& n, bool bias, int64_t rows, int64_t stride = 1) {
    all.push_back(pixel_example(
        "conv2d", n.in, {rows, n.height, n.width}, stride,
        {{"channels_out", n.out}, {"kernel", n.kernel}, {"stride", n.stride}, {"bias", bias}}));
  };
  example({9, 7, 3, 5, 3, 1}, true, 7);
  example({8, 8, 1, 32, 5, 1}, true, 19);      // the first layer of a small net
  example({6, 6, 16, 17, 5, 1}, false, 4);     // channels about the width of a vector
  example({10, 9, 2, 4, 3, 2}, true, 5);       // one size is even, the other odd
  example({14, 21, 4, 3, 3, 4}, false, 5, 2);  // stride above the kernel, on pixels of stride 2
  example({5, 4, 20, 6, 1, 1}, true, 33);      // a linear map of each pixel
  example({2, 3, 2, 2, 5, 1}, true, 3);        // windows larger than the image
  example({1, 1, 1, 1, 1, 1}, true, 2);
  return all;
}

constexpr Implementation<float> conv2d_float32[] = {{"cpu", accept, make_conv2d_cpu},
                                                    {"ref", accept, make_conv2d_ref<float>}};
constexpr Implementation<double> conv2d_float64[] = {{"ref", accept, make_conv2d_ref<double>}};

}  // namespace

constinit const OpKind kinds::conv2d = {"conv2d",
                                        "convolution of images with a square kernel (+ bias)",
                                        infer_conv2d,
                                        conv2d_needs,
                                        conv2d_flops_per_row,
                                        conv2d_float32,
                                        conv2d_float64,
                                        conv2d_examples};

}  // namespace laconic::ops
