// Computes the cross entropies of rows. It has its own exponential and logarithm, accurate to 1 to
// 2 ulp, since one call of libm per logit would cost more than the layer that computed the logit.
#include "framework/ops/loss/loss_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

// Returns e^x: x = n ln 2 + r, |r| <= ln 2 / 2, Taylor to degree 7, times 2^n. Overflows to inf,
// underflows to 0, keeps NaN.
[[gnu::always_inline]] static inline Vec exponential(Vec x) {
  const Vec high = Vec{} + 88.72f, low = Vec{} - 87.0f;
  const Vec clamped = x > high ? high : x < low ? low : x;
  const Vec magic = Vec{} + 0x1.8p23f;  // adding it rounds to an integer
  const Vec shifted = clamped * 1.44269504f + magic;
  const Vec n = shifted - magic;
  const Vec r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
  Vec p = Vec{} + 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // 2^n in two factors, so that n = 128 does not overflow before the product.
  const Mask exponent = (Mask)shifted - (Mask)magic;
  const Mask half = exponent >> 1;
  const Vec result = p * (Vec)((half + 127) << 23) * (Vec)((exponent - half + 127) << 23);
  const Vec in_range = x < low ? Vec{} : result;
  return x > high ? Vec{} + __builtin_inff() : in_range;
}

// Returns ln(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3. The relative error is
// small even for tiny e.
[[gnu::always_inline]] static inline Vec log_one_plus(Vec e) {
  const Vec s = e / (e + 2.0f);
  const Vec q = s * s;
  Vec p = Vec{} + 1.0f / 15;
  p = p * q + 1.0f / 13;
  p = p * q + 1.0f / 11;
  p = p * q + 1.0f / 9;
  p = p * q + 1.0f / 7;
  p = p * q + 1.0f / 5;
  p = p * q + 1.0f / 3;
  p = p * q + 1.0f;
  return 2.0f * s * p;
}

void zero_row(float* row, int64_t cols) {
  for (int64_t j = 0; j < cols; ++j) row[j] = 0;
}

RowLosses softmax_cross_entropy(Strided<const float> logits, const int32_t* classes, float scale,
                                Strided<float> dlogits, int64_t cols, int64_t first, int64_t last) {
  RowLosses result{0, 0, 0};
  for (int64_t i = first; i < last; ++i) {
    float* d = dlogits.data == nullptr ? nullptr : dlogits.data + i * dlogits.stride;
    const int32_t label = classes[i];
    if (label < 0) {
      if (d != nullptr) zero_row(d, cols);
      continue;
    }
    const float* x = logits.data + i * logits.stride;
    int64_t best = 0;
    for (int64_t j = 1; j < cols; ++j) best = x[j] > x[best] ? j : best;
    const float top = x[best];
    const float label_logit = x[label];  // read before d, which may be x, is written
    Vec sums{};
    for_vectors(
        cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec e = exponential(load(x + j, lanes) - top);
          if (d != nullptr) store(d + j, e, lanes);
          sums += keep(e, lanes);
        });
    const float sum = lane_sum(sums);
    result.loss += __builtin_log(static_cast<double>(sum)) - (label_logit - top);
    result.labelled += 1;
    result.correct += best == label;
    if (d == nullptr) continue;
    const float factor = scale / sum;
    for (int64_t j = 0; j < cols; ++j) d[j] *= factor;
    d[label] -= scale;
  }
  return result;
}

RowLosses sigmoid_cross_entropy(Strided<const float> logits, Strided<const uint8_t> targets,
                                const uint8_t* labelled, float scale, Strided<float> dlogits,
                                int64_t cols, int64_t first, int64_t last) {
  RowLosses result{0, 0, 0};
  const float each = scale / static_cast<float>(cols);
  for (int64_t i = first; i < last; ++i) {
    float* d = dlogits.data == nullptr ? nullptr : dlogits.data + i * dlogits.stride;
    if (labelled[i] == 0) {
      if (d != nullptr) zero_row(d, cols);
      continue;
    }
    const float* x = logits.data + i * logits.stride;
    const uint8_t* y = targets.data + i * targets.stride;
    Vec sums{};
    for_vectors(
        cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          float target_lanes[kLanes] = {};
          for (int k = 0; k < lanes; ++k) target_lanes[k] = y[j + k];
          const Vec target = load(target_lanes);
          const Vec z = load(x + j, lanes);
          const Vec e = exponential(z < 0 ? z : -z);  // e^-|z|
          const Vec loss = (z < 0 ? Vec{} : z) - z * target + log_one_plus(e);
          sums += keep(loss, lanes);
          if (d == nullptr) return;
          const Vec sigmoid = (z < 0 ? e : Vec{} + 1.0f) / (1.0f + e);
          store(d + j, each * (sigmoid - target), lanes);
        });
    result.loss += static_cast<double>(lane_sum(sums)) / static_cast<double>(cols);
    result.labelled += 1;
  }
  return result;
}

}  // namespace

constinit const LossKernels LACONIC_THIS_ISA(loss) = {
    .softmax_cross_entropy = softmax_cross_entropy,
    .sigmoid_cross_entropy = sigmoid_cross_entropy,
};

}  // namespace laconic::ops
