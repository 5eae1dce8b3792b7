// gemm as a function that the walk of the kernels compares with gemm_ref.
#pragma once

#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/kernel_check.hpp"

namespace laconic::ops {

struct GemmFunctions {
  void (*gemm)(const Context&, Transpose, Transpose, float alpha, MatrixView<const float> a,
               MatrixView<const float> b, float beta, MatrixView<float> c);
};
extern const KernelChecks<GemmFunctions> gemm_checks;

}  // namespace laconic::ops
