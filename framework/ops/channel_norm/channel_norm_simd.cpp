// A vector of channels at a time, down the rows. What belongs to the channels stays in registers.
#include "framework/ops/channel_norm/channel_norm_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

void sum(Strided<const float> x, int64_t cols, float* sums, int64_t first, int64_t last) {
  for_vectors(
      cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
        Vec total{};
        for (int64_t i = first; i < last; ++i) total += load(x.data + i * x.stride + j, lanes);
        store(sums + j, total, lanes);
      });
}

void squares(Strided<const float> x, const float* mean, int64_t cols, float* sums, int64_t first,
             int64_t last) {
  for_vectors(
      cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
        const Vec centre = load(mean + j, lanes);
        Vec total{};
        for (int64_t i = first; i < last; ++i) {
          const Vec d = load(x.data + i * x.stride + j, lanes) - centre;
          total += d * d;
        }
        store(sums + j, total, lanes);
      });
}

// One vector of channels.
struct Channels {
  Vec mean, rstd, gamma, beta;
  bool relu;

  [[gnu::always_inline]] Channels(const ChannelNormArgs& a, int64_t j, int lanes)
      : mean(load(a.mean + j, lanes)),
        rstd(load(a.rstd + j, lanes)),
        gamma(load(a.gamma + j, lanes)),
        beta(load(a.beta + j, lanes)),
        relu(a.relu) {}
  [[gnu::always_inline]] Vec normal(Vec x) const { return (x - mean) * rstd; }
  [[gnu::always_inline]] Vec behind_activation(Vec dy, Vec normal_x) const {
    if (!relu) return dy;
    return normal_x * gamma + beta > 0 ? dy : Vec{};
  }
};

void forward(const ChannelNormArgs& a, Strided<float> y, int64_t first, int64_t last) {
  for_vectors(
      a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
        const Channels c(a, j, lanes);
        for (int64_t i = first; i < last; ++i) {
          Vec value = c.normal(load(a.x.data + i * a.x.stride + j, lanes)) * c.gamma + c.beta;
          if (a.relu) value = value < 0 ? Vec{} : value;
          store(y.data + i * y.stride + j, value, lanes);
        }
      });
}

void backward_sums(const ChannelNormArgs& a, Strided<const float> dy, float* g, float* gx,
                   int64_t first, int64_t last) {
  for_vectors(
      a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
        const Channels c(a, j, lanes);
        Vec sum_g{}, sum_gx{};
        for (int64_t i = first; i < last; ++i) {
          const Vec normal = c.normal(load(a.x.data + i * a.x.stride + j, lanes));
          const Vec d = c.behind_activation(load(dy.data + i * dy.stride + j, lanes), normal);
          sum_g += d;
          sum_gx += d * normal;
        }
        store(g + j, sum_g, lanes);
        store(gx + j, sum_gx, lanes);
      });
}

void backward(const ChannelNormArgs& a, Strided<const float> dy, Strided<float> dx, bool accumulate,
              const float* mean_h, const float* mean_hx, int64_t first, int64_t last) {
  for_vectors(
      a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
        const Channels c(a, j, lanes);
        const Vec h_mean = load(mean_h + j, lanes), hx_mean = load(mean_hx + j, lanes);
        for (int64_t i = first; i < last; ++i) {
          const Vec normal = c.normal(load(a.x.data + i * a.x.stride + j, lanes));
          const Vec d = c.behind_activation(load(dy.data + i * dy.stride + j, lanes), normal);
          Vec value = c.rstd * (d * c.gamma - h_mean - normal * hx_mean);
          float* const target = dx.data + i * dx.stride + j;
          if (accumulate) value += load(target, lanes);
          store(target, value, lanes);
        }
      });
}

}  // namespace

constinit const ChannelNormKernels LACONIC_THIS_ISA(channel_norm) = {
    .sum = sum,
    .squares = squares,
    .forward = forward,
    .backward_sums = backward_sums,
    .backward = backward,
};

}  // namespace laconic::ops
