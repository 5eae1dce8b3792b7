// The references for the kernels of batch_norm and group_norm, in double.
#include "framework/ops/channel_norm/channel_norm_kernels.hpp"

namespace laconic::ops {

namespace {

template <class Value>
double sum_rows(int64_t first, int64_t last, Value value) {
  double sum = 0;
  for (int64_t i = first; i < last; ++i) sum += value(i);
  return sum;
}

void sum(Strided<const float> x, int64_t cols, float* sums, int64_t first, int64_t last) {
  for (int64_t j = 0; j < cols; ++j)
    sums[j] = static_cast<float>(
        sum_rows(first, last, [&](int64_t i) { return double{x.data[i * x.stride + j]}; }));
}

void squares(Strided<const float> x, const float* mean, int64_t cols, float* sums, int64_t first,
             int64_t last) {
  for (int64_t j = 0; j < cols; ++j)
    sums[j] = static_cast<float>(sum_rows(first, last, [&](int64_t i) {
      const double d = double{x.data[i * x.stride + j]} - mean[j];
      return d * d;
    }));
}

double normal(const ChannelNormArgs& a, int64_t i, int64_t j) {
  return (double{a.x.data[i * a.x.stride + j]} - a.mean[j]) * a.rstd[j];
}

// Returns the output before the activation.
double affine(const ChannelNormArgs& a, int64_t i, int64_t j) {
  return normal(a, i, j) * a.gamma[j] + a.beta[j];
}

void forward(const ChannelNormArgs& a, Strided<float> y, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i)
    for (int64_t j = 0; j < a.cols; ++j) {
      const double value = affine(a, i, j);
      y.data[i * y.stride + j] = static_cast<float>(a.relu && value < 0 ? 0 : value);
    }
}

double behind_activation(const ChannelNormArgs& a, Strided<const float> dy, int64_t i, int64_t j) {
  return a.relu && !(affine(a, i, j) > 0) ? 0.0 : double{dy.data[i * dy.stride + j]};
}

void backward_sums(const ChannelNormArgs& a, Strided<const float> dy, float* g, float* gx,
                   int64_t first, int64_t last) {
  for (int64_t j = 0; j < a.cols; ++j) {
    g[j] = static_cast<float>(
        sum_rows(first, last, [&](int64_t i) { return behind_activation(a, dy, i, j); }));
    gx[j] = static_cast<float>(sum_rows(
        first, last, [&](int64_t i) { return behind_activation(a, dy, i, j) * normal(a, i, j); }));
  }
}

void backward(const ChannelNormArgs& a, Strided<const float> dy, Strided<float> dx, bool accumulate,
              const float* mean_h, const float* mean_hx, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i)
    for (int64_t j = 0; j < a.cols; ++j) {
      float& target = dx.data[i * dx.stride + j];
      const double d = a.rstd[j] * (behind_activation(a, dy, i, j) * a.gamma[j] - mean_h[j] -
                                    normal(a, i, j) * mean_hx[j]);
      target = static_cast<float>(accumulate ? target + d : d);
    }
}

}  // namespace

constinit const ChannelNormKernels channel_norm_kernels_ref = {.sum = sum,
                                                               .squares = squares,
                                                               .forward = forward,
                                                               .backward_sums = backward_sums,
                                                               .backward = backward};

}  // namespace laconic::ops
