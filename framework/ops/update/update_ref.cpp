// The references for the update rules and the norm, in double.
#include "framework/ops/update/update_ref.hpp"

#include <cmath>

namespace laconic::ops {

namespace {

void sgd(const SgdArgs& a, const float* g, float* w, float* v, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const double d = g[i] + double{a.decay} * w[i];
    const double velocity = v == nullptr ? d : double{a.momentum} * v[i] + d;
    if (v != nullptr) v[i] = static_cast<float>(velocity);
    const double way = v != nullptr && a.nesterov ? d + double{a.momentum} * velocity : velocity;
    w[i] = static_cast<float>(w[i] - a.lr * way);
  }
}

void adam(const AdamArgs& a, const float* g, float* w, float* m, float* v, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const double d = g[i] + double{a.l2} * w[i];
    const double first = double{a.beta1} * m[i] + (1 - a.beta1) * d;
    const double second = double{a.beta2} * v[i] + (1 - a.beta2) * d * d;
    m[i] = static_cast<float>(first);
    v[i] = static_cast<float>(second);
    const double step = a.lr * first / (std::sqrt(second * a.correction2) + a.epsilon);
    w[i] = static_cast<float>(w[i] - (double{a.shrink} * w[i] + step));
  }
}

}  // namespace

double norm_ref(const Context&, std::span<const float> values) {
  double squares = 0;
  for (const float x : values) squares += double{x} * x;
  return std::sqrt(squares);
}

constinit const UpdateKernels update_kernels_ref = {.sgd = sgd, .adam = adam};

}  // namespace laconic::ops
