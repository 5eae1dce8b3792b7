// C = alpha * op(A) * op(B) + beta * C, row-major with strides. For float it is oneDNN's sgemm; the
// bits are the same for any number of threads. For double it is plain loops.
#pragma once

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"

namespace laconic::ops {

enum class Transpose { no, yes };

void gemm(const Context& context, Transpose ta, Transpose tb, float alpha,
          MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c);
// Limits oneDNN to the instructions of `isa`. oneDNN chooses once per process, so the first call or
// the first product decides; a product limits it to detect_isa(). Returns false if oneDNN already
// uses a higher instruction set.
bool limit_gemm(Isa isa);

template <class T>
void gemm_ref(Transpose ta, Transpose tb, T alpha, MatrixView<const T> a, MatrixView<const T> b,
              T beta, MatrixView<T> c);

}  // namespace laconic::ops
