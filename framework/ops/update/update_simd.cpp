// The update rules of framework/optim/optimizer.hpp, for `count` parameters.
#include "framework/ops/simd/vector.hpp"
#include "framework/ops/update/update_kernels.hpp"

namespace laconic::ops {
namespace {

void sgd(const SgdArgs& a, const float* g, float* w, float* v, int64_t count) {
  for_vectors(
      count, [&](int64_t i, int lanes) __attribute__((always_inline)) {
        const Vec before = load(w + i, lanes);
        const Vec d = load(g + i, lanes) + a.decay * before;
        Vec way = d;
        if (v != nullptr) {
          const Vec velocity = a.momentum * load(v + i, lanes) + d;
          store(v + i, velocity, lanes);
          way = a.nesterov ? d + a.momentum * velocity : velocity;
        }
        store(w + i, before - a.lr * way, lanes);
      });
}

void adam(const AdamArgs& a, const float* g, float* w, float* m, float* v, int64_t count) {
  for_vectors(
      count, [&](int64_t i, int lanes) __attribute__((always_inline)) {
        const Vec before = load(w + i, lanes);
        const Vec d = load(g + i, lanes) + a.l2 * before;
        const Vec first = a.beta1 * load(m + i, lanes) + (1 - a.beta1) * d;
        const Vec second = a.beta2 * load(v + i, lanes) + (1 - a.beta2) * d * d;
        store(m + i, first, lanes);
        store(v + i, second, lanes);
        const Vec step = a.lr * first / (square_root(second * a.correction2) + a.epsilon);
        store(w + i, before - (a.shrink * before + step), lanes);
      });
}

}  // namespace

constinit const UpdateKernels LACONIC_THIS_ISA(update) = {
    .sgd = sgd,
    .adam = adam,
};

}  // namespace laconic::ops
