// The reference for spmm: the formula of the header, one loop per symbol.

#include "framework/ops/spmm/spmm.hpp"

namespace laconic::ops {

template <class T>
void spmm_ref(const Neighbourhood<T>& a, MatrixView<const T> x, MatrixView<const T> addend,
              MatrixView<T> out) {
  for (int64_t i = 0; i < out.rows; ++i) {
    const int64_t row = a.first_row + i;
    for (int64_t j = 0; j < out.cols; ++j) {
      T sum = 0;
      for (int64_t p = a.pattern.indptr[i]; p < a.pattern.indptr[i + 1]; ++p) {
        const int32_t source = a.pattern.indices[p];
        const T scale = a.source_scale.empty() ? T{1} : a.source_scale[source];
        const T weight = a.weights.empty() ? T{1} : a.weights[p];
        sum += weight * scale * x(source, j);
      }
      if (!a.row_scale.empty()) sum *= a.row_scale[row];
      if (!a.diagonal.empty()) sum += a.diagonal[row] * x(row, j);
      if (addend) sum += addend(i, j);
      out(i, j) = sum;
    }
  }
}

template void spmm_ref(const Neighbourhood<float>&, MatrixView<const float>,
                       MatrixView<const float>, MatrixView<float>);
template void spmm_ref(const Neighbourhood<double>&, MatrixView<const double>,
                       MatrixView<const double>, MatrixView<double>);

}  // namespace laconic::ops
