// The reference for gemm: three loops.

#include "framework/ops/gemm/gemm.hpp"

namespace laconic::ops {

template <class T>
void gemm_ref(Transpose ta, Transpose tb, T alpha, MatrixView<const T> a, MatrixView<const T> b,
              T beta, MatrixView<T> c) {
  const int64_t depth = ta == Transpose::no ? a.cols : a.rows;
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      T sum = 0;
      for (int64_t k = 0; k < depth; ++k)
        sum +=
            (ta == Transpose::no ? a(i, k) : a(k, i)) * (tb == Transpose::no ? b(k, j) : b(j, k));
      c(i, j) = beta == 0 ? alpha * sum : alpha * sum + beta * c(i, j);
    }
  }
}

template void gemm_ref(Transpose, Transpose, float, MatrixView<const float>,
                       MatrixView<const float>, float, MatrixView<float>);
template void gemm_ref(Transpose, Transpose, double, MatrixView<const double>,
                       MatrixView<const double>, double, MatrixView<double>);

}  // namespace laconic::ops
