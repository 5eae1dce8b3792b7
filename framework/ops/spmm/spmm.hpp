// Sparse times dense, the kernel under aggregation:
//
//   out_i = row_scale_i * sum_{j in pattern row i} weight_ij * source_scale_j * x_j
//           + diagonal_i * x_{first_row+i} + addend_i
//
// `out` is rows x F; x has F columns and any number of rows. A graph without weights takes 4 bytes
// per edge. Normalisation is in the scales, so forward and adjoint are one kernel over one CSR.
// row_scale and diagonal are indexed by first_row+i, source_scale by column. Empty weights and an
// empty scale mean ones; an empty diagonal or a null addend means none. `out` may be the addend (out += ...), but
// must not be x. The bits are the same for any number of threads, since one thread sums a row in
// index order.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

template <class T>
void spmm_ref(const Neighbourhood<T>& a, MatrixView<const T> x, MatrixView<const T> addend,
              MatrixView<T> out);

// Uses the kernels of the context's instruction set. Rows are cut into tiles with equal numbers of
// nonzeros.
void spmm(const Context& context, const Neighbourhood<float>& a, MatrixView<const float> x,
          MatrixView<const float> addend, MatrixView<float> out);

// Returns the adjoint operator, which has the two scales swapped. It exists only for a whole batch
// (first_row == 0, square).
template <class T>
Neighbourhood<T> adjoint(const Neighbourhood<T>& a) {
  return {a.pattern, a.source_scale, a.row_scale, a.diagonal, a.first_row, a.weights};
}

// out = x * w (+ out if accumulate), for a sparse x with values (bag-of-words features).
// w: x.cols x F.
void sparse_times_dense(const Context& context, const SparseView<float>& x,
                        MatrixView<const float> w, bool accumulate, MatrixView<float> out);
// dw += x^T * dz. Each thread has its own columns of dw, so the bits do not depend on their number.
void sparse_transposed_times_dense(const Context& context, const SparseView<float>& x,
                                   MatrixView<const float> dz, MatrixView<float> dw);

}  // namespace laconic::ops
