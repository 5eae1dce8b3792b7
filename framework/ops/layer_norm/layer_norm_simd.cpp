// Normalises rows and applies the activation. A row is read from memory once. The other passes over
// it (variance about the mean, output) hit the L1 cache.
#include "framework/ops/layer_norm/layer_norm_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

void layer_norm(const LayerNormArgs& a, Strided<float> y, int64_t first, int64_t last) {
  const float count = static_cast<float>(a.cols);
  for (int64_t i = first; i < last; ++i) {
    const float* x = a.x.data + i * a.x.stride;
    Vec sum{};
    for_vectors(
        a.cols, [&](int64_t j, int lanes)
                    __attribute__((always_inline)) { sum += load(x + j, lanes); });
    const float mean = lane_sum(sum) / count;
    Vec squares{};
    for_vectors(
        a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec d = keep(load(x + j, lanes) - mean, lanes);
          squares += d * d;
        });
    const float rstd = 1.0f / __builtin_sqrtf(lane_sum(squares) / count + a.epsilon);
    a.saved[2 * i] = mean;
    a.saved[2 * i + 1] = rstd;
    float* out = y.data + i * y.stride;
    for_vectors(
        a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec normal = (load(x + j, lanes) - mean) * rstd;
          Vec value = normal * load(a.gamma + j, lanes) + load(a.beta + j, lanes);
          if (a.relu) value = value < 0 ? Vec{} : value;
          store(out + j, value, lanes);
        });
  }
}

// With h = gamma * dy, where dy is masked by the activation:
//   dx = rstd * (h - mean(h) - x^ * mean(h * x^))
void layer_norm_backward(const LayerNormArgs& a, Strided<const float> dy, Strided<float> dx,
                         bool accumulate, float* dgamma, float* dbeta, int64_t first,
                         int64_t last) {
  const float count = static_cast<float>(a.cols);
  for (int64_t i = first; i < last; ++i) {
    const float* x = a.x.data + i * a.x.stride;
    const float* d = dy.data + i * dy.stride;
    const float mean = a.saved[2 * i];
    const float rstd = a.saved[2 * i + 1];
    const auto behind_activation = [&](int64_t j, int lanes, Vec normal)
        __attribute__((always_inline)) {
      const Vec upstream = load(d + j, lanes);
      if (!a.relu) return upstream;
      const Vec value = normal * load(a.gamma + j, lanes) + load(a.beta + j, lanes);
      return value > 0 ? upstream : Vec{};
    };
    Vec sum_h{}, sum_hx{};
    for_vectors(
        a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec normal = (load(x + j, lanes) - mean) * rstd;
          const Vec g = behind_activation(j, lanes, normal);
          const Vec h = g * load(a.gamma + j, lanes);  // zero in lanes beyond the row
          sum_h += h;
          sum_hx += h * normal;
          if (dgamma == nullptr) return;
          store(dgamma + j, load(dgamma + j, lanes) + g * normal, lanes);
          store(dbeta + j, load(dbeta + j, lanes) + g, lanes);
        });
    if (dx.data == nullptr) continue;
    const float mean_h = lane_sum(sum_h) / count;
    const float mean_hx = lane_sum(sum_hx) / count;
    float* out = dx.data + i * dx.stride;
    for_vectors(
        a.cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec normal = (load(x + j, lanes) - mean) * rstd;
          const Vec h = behind_activation(j, lanes, normal) * load(a.gamma + j, lanes);
          Vec value = rstd * (h - mean_h - normal * mean_hx);
          if (accumulate) value += load(out + j, lanes);
          store(out + j, value, lanes);
        });
  }
}

}  // namespace

constinit const LayerNormKernels LACONIC_THIS_ISA(layer_norm) = {
    .forward = layer_norm,
    .backward = layer_norm_backward,
};

}  // namespace laconic::ops
