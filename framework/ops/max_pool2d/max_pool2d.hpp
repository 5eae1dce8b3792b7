// The largest value of each window of an image, channel by channel. Rows are images as in conv2d:
// (y, x, channel), the channel fastest. Windows lie wholly inside the image; what no window covers
// at the right and lower edge has no influence.
//
//   height, width, channels    of the input
//   kernel                     edge of the window, at most height and width
//   stride: int                default kernel
//
// Of equal values the first in row order wins and gets the gradient; a NaN wins over everything.
// Backward knows the winners from their places in the window, which forward saved.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind max_pool2d;
}

struct MaxPool2dShape {
  int64_t height, width, channels, kernel, stride;

  explicit MaxPool2dShape(const NodeSpec& node);  // no checks: those are infer's
  int64_t out_height() const { return (height - kernel) / stride + 1; }
  int64_t out_width() const { return (width - kernel) / stride + 1; }
  int64_t input_width() const { return height * width * channels; }
  int64_t output_width() const { return out_height() * out_width() * channels; }
};

template <class T>
std::unique_ptr<Kernel<T>> make_max_pool2d_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_max_pool2d_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
