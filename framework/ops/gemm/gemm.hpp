// C = alpha * op(A) * op(B) + beta * C, row-major with strides. float: oneDNN's sgemm, the same
// bits for any number of threads; double: the obvious loops.
#pragma once

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"

namespace laconic::ops {

enum class Transpose { no, yes };

void gemm(const Context& context, Transpose ta, Transpose tb, float alpha,
          MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c);
// Keeps oneDNN to the instructions of `isa`. It chooses once a process, so the first call or
// product decides (a product says detect_isa()); false when a higher choice has been made already.
bool limit_gemm(Isa isa);

template <class T>
void gemm_ref(Transpose ta, Transpose tb, T alpha, MatrixView<const T> a, MatrixView<const T> b,
              T beta, MatrixView<T> c);

}  // namespace laconic::ops
