// The references for the kernels of layer_norm, in double.
#include <cmath>

#include "framework/ops/layer_norm/layer_norm_kernels.hpp"

namespace laconic::ops {

namespace {

double normal(const LayerNormArgs& a, int64_t i, int64_t j) {
  return (double{a.x.data[i * a.x.stride + j]} - a.saved[2 * i]) * a.saved[2 * i + 1];
}

// Returns the output before the activation.
double affine(const LayerNormArgs& a, int64_t i, int64_t j) {
  return a.gamma[j] * normal(a, i, j) + a.beta[j];
}

void forward(const LayerNormArgs& a, Strided<float> y, int64_t first, int64_t last) {
  const auto count = static_cast<double>(a.cols);
  for (int64_t i = first; i < last; ++i) {
    double sum = 0, squares = 0;
    for (int64_t j = 0; j < a.cols; ++j) sum += a.x.data[i * a.x.stride + j];
    const double mean = sum / count;
    for (int64_t j = 0; j < a.cols; ++j)
      squares += std::pow(a.x.data[i * a.x.stride + j] - mean, 2);
    a.saved[2 * i] = static_cast<float>(mean);
    a.saved[2 * i + 1] = static_cast<float>(1 / std::sqrt(squares / count + a.epsilon));
    for (int64_t j = 0; j < a.cols; ++j) {
      const double value = affine(a, i, j);
      y.data[i * y.stride + j] = static_cast<float>(a.relu && value < 0 ? 0 : value);
    }
  }
}

void backward(const LayerNormArgs& a, Strided<const float> dy, Strided<float> dx, bool accumulate,
              float* dgamma, float* dbeta, int64_t first, int64_t last) {
  const auto count = static_cast<double>(a.cols);
  for (int64_t i = first; i < last; ++i) {
    const auto g = [&](int64_t j) {
      return a.relu && !(affine(a, i, j) > 0) ? 0.0 : double{dy.data[i * dy.stride + j]};
    };
    double sum_h = 0, sum_hx = 0;
    for (int64_t j = 0; j < a.cols; ++j) {
      sum_h += g(j) * a.gamma[j];
      sum_hx += g(j) * a.gamma[j] * normal(a, i, j);
      if (dgamma == nullptr) continue;
      dgamma[j] += static_cast<float>(g(j) * normal(a, i, j));
      dbeta[j] += static_cast<float>(g(j));
    }
    for (int64_t j = 0; dx.data != nullptr && j < a.cols; ++j) {
      float& target = dx.data[i * dx.stride + j];
      const double d = a.saved[2 * i + 1] *
                       (g(j) * a.gamma[j] - sum_h / count - normal(a, i, j) * sum_hx / count);
      target = static_cast<float>(accumulate ? target + d : d);
    }
  }
}

}  // namespace

constinit const LayerNormKernels layer_norm_kernels_ref = {.forward = forward,
                                                           .backward = backward};

}  // namespace laconic::ops
