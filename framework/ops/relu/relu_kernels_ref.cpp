// The references for the kernels of relu.
#include "framework/ops/relu/relu_kernels.hpp"

namespace laconic::ops {

namespace {

void forward(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      const float value = x.data[i * x.stride + j];
      y.data[i * y.stride + j] = value < 0 ? 0 : value;
    }
}

void backward(Strided<const float> y, Strided<const float> dy, Strided<float> dx, bool accumulate,
              int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      float& target = dx.data[i * dx.stride + j];
      const float d = y.data[i * y.stride + j] > 0 ? dy.data[i * dy.stride + j] : 0;
      target = accumulate ? target + d : d;
    }
}

}  // namespace

constinit const ReluKernels relu_kernels_ref = {.forward = forward, .backward = backward};

}  // namespace laconic::ops
