// The kernels of max_pool2d.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

struct MaxPoolArgs {
  int64_t height, width;  // of the input, in pixels
  int64_t channels;
  int64_t kernel, stride;
  int64_t out_height, out_width;
};

struct MaxPool2dKernels {
  // One image, channels contiguous. The edge of the image cuts the last windows. `places`: position of each output in its window (ky * kernel +
  // kx).
  void (*forward)(const MaxPoolArgs&, const float* x, float* y, float* places);
  // Adds the gradients to dx.
  void (*backward)(const MaxPoolArgs&, const float* places, const float* dy, float* dx);
};
LACONIC_KERNELS(MaxPool2dKernels, max_pool2d)

}  // namespace laconic::ops
