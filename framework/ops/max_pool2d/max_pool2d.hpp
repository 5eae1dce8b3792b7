// Computes the largest value of each window of an image, channel by channel. Input and output are
// pixels. The window of output pixel (y, x) begins at (y * stride, x * stride), and ends with the
// image at the right and lower edge. So an image of h x w gives one of ceil(h / stride) x
// ceil(w / stride): the output's stride is the input's times `stride`.
//
//   kernel: int     edge of the window, at most 1024
//   stride: int     default kernel
//
// The chosen value gets the gradient. Among equal values the first in row order is chosen. NaN is
// chosen before all numbers. Forward saves the position of each chosen value in its window for
// backward.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind max_pool2d;
}

struct MaxPool2dShape {
  int64_t channels, kernel, stride;

  explicit MaxPool2dShape(const NodeSpec& node);  // no checks; infer has made them
};

template <class T>
std::unique_ptr<Kernel<T>> make_max_pool2d_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_max_pool2d_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
