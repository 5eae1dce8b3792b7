// Convolution of images with a square kernel (cross-correlation, as networks have it). A row is an
// image, flattened: (y, x, channel), the channel fastest, so an image is also a matrix of pixels by
// channels and needs no rearranging before a linear layer.
//
//   z(y, x, o) = bias(o) + sum over ky, kx, c of  w(ky, kx, c; o) * v(y * stride + ky - padding,
//                                                                   x * stride + kx - padding, c)
//
// where v is zero outside the image. The output has (height + 2 * padding - kernel) / stride + 1
// rows of pixels (rounded down), and columns likewise.
//
//   height, width, channels_in     of the input
//   channels_out, kernel
//   stride, padding: int           default 1, 0; padding < kernel
//   bias: bool                     default false; zeros
//   input_units, output_units      unit labels of the channels
//   decay: number                  default 1; ParameterSpec::decay of all parameters
//
// The weight is a matrix of (ky, kx, c) by o; its row r belongs to input unit r mod channels_in.
// Glorot uniform with fan_in = kernel^2 * channels_in and fan_out = kernel^2 * channels_out.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind conv2d;
}

struct Conv2dShape {
  int64_t height, width, channels_in, channels_out, kernel, stride, padding;

  explicit Conv2dShape(const NodeSpec& node);  // no checks: those are infer's
  int64_t out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
  int64_t input_width() const { return height * width * channels_in; }
  int64_t output_width() const { return out_height() * out_width() * channels_out; }
  int64_t patch() const { return kernel * kernel * channels_in; }
};

template <class T>
std::unique_ptr<Kernel<T>> make_conv2d_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_conv2d_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
