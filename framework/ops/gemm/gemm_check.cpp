#include "framework/ops/gemm/gemm_check.hpp"

namespace laconic::ops {

namespace {

void gemm(const GemmFunctions& table, Trial& trial) {
  const int64_t m = 5, n = trial.size(), depth = n == 17 ? 300 : 7;
  if (n == 0) return;
  for (const Transpose ta : {Transpose::no, Transpose::yes})
    for (const Transpose tb : {Transpose::no, Transpose::yes})
      for (const float beta : {0.0f, 0.5f}) {
        const auto a =
            ta == Transpose::no ? trial.matrix("a", m, depth) : trial.matrix("a", depth, m);
        const auto b =
            tb == Transpose::no ? trial.matrix("b", depth, n) : trial.matrix("b", n, depth);
        table.gemm(trial.context(), ta, tb, 0.5f, a, b, beta, trial.matrix("c", m, n));
      }
}

constexpr KernelCheck<GemmFunctions> gemm_calls[] = {{"gemm.gemm", gemm, 1e-5}};
constexpr GemmFunctions gemm_functions = {.gemm = ops::gemm};
constexpr GemmFunctions gemm_functions_ref = {
    .gemm = [](const Context&, Transpose ta, Transpose tb, float alpha, MatrixView<const float> a,
               MatrixView<const float> b, float beta,
               MatrixView<float> c) { gemm_ref<float>(ta, tb, alpha, a, b, beta, c); }};

}  // namespace

constinit const KernelChecks<GemmFunctions> gemm_checks = {
    {"gemm", walk_once<GemmFunctions>},
    gemm_calls,
    [](Isa) -> const GemmFunctions& { return gemm_functions; },
    &gemm_functions_ref};

}  // namespace laconic::ops
