// The bodies of relu.
#include "framework/ops/relu/relu_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

// Sets negative values to zero. NaN stays NaN.
void relu(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      const float value = x.data[i * x.stride + j];
      y.data[i * y.stride + j] = value < 0 ? 0 : value;
    }
}

void relu_backward(Strided<const float> y, Strided<const float> dy, Strided<float> dx,
                   bool accumulate, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for_vectors(
        cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec pass = load(y.data + i * y.stride + j, lanes);
          Vec d = pass > 0 ? load(dy.data + i * dy.stride + j, lanes) : Vec{};
          float* target = dx.data + i * dx.stride + j;
          if (accumulate) d += load(target, lanes);
          store(target, d, lanes);
        });
}

}  // namespace

constinit const ReluKernels LACONIC_THIS_ISA(relu) = {
    .forward = relu,
    .backward = relu_backward,
};

}  // namespace laconic::ops
