#include <cmath>

#include "framework/ops/kernel_check.hpp"
#include "framework/ops/update/update_ref.hpp"

namespace laconic::ops {

namespace {

void sgd(const UpdateKernels& table, Trial& trial) {
  const int64_t n = trial.size();
  for (const bool nesterov : {false, true})
    for (const bool momentum : {false, true}) {
      const SgdArgs args{0.5f, 0.5f, 0.25f, nesterov};
      const float* const g = trial.floats("g", n);
      float* const w = trial.floats("w", n);
      table.sgd(args, g, w, momentum ? trial.floats("v", n) : nullptr, n);
    }
}

// For exact numbers the new second moment is a square s^2, and s + epsilon a power of two.
void adam(const UpdateKernels& table, Trial& trial) {
  const int64_t n = trial.size();
  constexpr int roots[] = {1, 3, 7}, derivatives[] = {0, 1, -1, 1, -4, 3, 9, -8, 5};
  const auto root = [&](int64_t i) { return roots[i % 3]; };
  const auto d = [&](int64_t i) {  // 2 s^2 >= d^2
    return static_cast<float>(derivatives[3 * (i % 3) + i / 3 % 3]);
  };
  for (const float l2 : {0.0f, 0.25f}) {
    const AdamArgs args = trial.exact() ? AdamArgs{0.5f, 0.5f, 0.5f, 1, 1, l2, 0.25f}
                                        : AdamArgs{0.01f, 0.9f, 0.99f, 1.3f, 1e-3f, l2, 0.001f};
    float* const w = trial.floats("w", n);
    float* const m = trial.floats("m", n);
    float* const g = trial.floats("g", n);
    float* const v = trial.floats("v", n);
    for (int64_t i = 0; i < n; ++i) {
      v[i] = std::abs(v[i]);
      if (!trial.exact()) continue;
      g[i] = d(i) - l2 * w[i];
      v[i] = 2 * static_cast<float>(root(i) * root(i)) - d(i) * d(i);
    }
    table.adam(args, g, w, m, v, n);
  }
}

void norm(const UpdateFunctions& table, Trial& trial) {
  const int64_t n = trial.size() == 1025 ? 100'003 : trial.size();
  const float* const values = trial.floats("values", n);
  for (const int threads : {1, 3}) {
    Context context = trial.context();
    context.threads = threads;
    trial.returned("norm", table.norm(context, {values, static_cast<size_t>(n)}));
  }
}

constexpr KernelCheck<UpdateKernels> update_calls[] = {{"update.sgd", sgd, 1e-6},
                                                       {"update.adam", adam, 1e-6}};
constexpr KernelCheck<UpdateFunctions> update_function_calls[] = {{"update.norm", norm, 1e-12}};
constexpr UpdateFunctions update_functions = {.norm = ops::norm};
constexpr UpdateFunctions update_functions_ref = {.norm = norm_ref};

}  // namespace

constinit const KernelChecks<UpdateKernels> update_checks = {
    {"update", walk_isas<UpdateKernels>}, update_calls, update_kernels, &update_kernels_ref};
constinit const KernelChecks<UpdateFunctions> update_function_checks = {
    {"update", walk_isas<UpdateFunctions>},
    update_function_calls,
    [](Isa) -> const UpdateFunctions& { return update_functions; },
    &update_functions_ref};

}  // namespace laconic::ops
