// Convolution of images with a square kernel (cross-correlation, as usual in networks). Input and
// output are pixels; the width is the number of channels.
//
//   z(y, x, o) = bias(o) + sum over ky, kx, c of  w(ky, kx, c; o) * v(y * stride + ky - padding,
//                                                                   x * stride + kx - padding, c)
//
// where v is zero outside the image and padding = (kernel - 1) / 2. So an image of h x w gives one
// of ceil(h / stride) x ceil(w / stride): the output's stride is the input's times `stride`.
//
//   channels_out: int
//   kernel: int                    odd
//   stride: int                    default 1
//   bias: bool                     default false; zeros
//   input_units, output_units      unit labels of the channels
//   decay: number                  default 1; ParameterSpec::decay of all parameters
//
// The weight is a matrix of (ky, kx, c) by o; its row r belongs to input unit r mod channels_in. It
// is Glorot uniform with fan_in = kernel^2 * channels_in and fan_out = kernel^2 * channels_out.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind conv2d;
}

struct Conv2dShape {
  int64_t channels_in, channels_out, kernel, stride;

  explicit Conv2dShape(const NodeSpec& node);  // no checks; infer has made them
  int64_t padding() const { return (kernel - 1) / 2; }
  int64_t patch() const { return kernel * kernel * channels_in; }
};

template <class T>
std::unique_ptr<Kernel<T>> make_conv2d_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_conv2d_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
