// The kernels of the update rules.
#pragma once

#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

// v = momentum v + g + decay w;  w -= lr (nesterov ? g + decay w + momentum v : v).
struct SgdArgs {
  float lr;
  float momentum;
  float decay;
  bool nesterov;
};

// With d = g + l2 w: m and v are the decayed means of d and d^2, and
// w -= shrink w + lr m / (sqrt(correction2 v) + epsilon).
struct AdamArgs {
  float lr;  // includes the correction of m
  float beta1, beta2;
  float correction2;
  float epsilon;
  float l2;
  float shrink;
};

struct UpdateKernels {
  void (*sgd)(const SgdArgs&, const float* g, float* w, float* v, int64_t count);  // null v: zeros
  void (*adam)(const AdamArgs&, const float* g, float* w, float* m, float* v, int64_t count);
};
LACONIC_KERNELS(UpdateKernels, update)

}  // namespace laconic::ops
