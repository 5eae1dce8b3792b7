// Multiplies by a matrix of zeros and ones, such as bag-of-words features, with table look-ups. All
// 64 sums of six rows of w are computed once; then six columns of a row of x need one addition.
// This is the method of the four Russians (Arlazarov, Dinic, Kronrod and Faradzhev, 1970). It is
// always faster than a dense product, and faster than a sparse one from a density of 0.1 on.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

// out = x * w (+ out if accumulate). x: rows x depth; w: depth x F; out: rows x F. The bits do not
// depend on the number of threads.
void bits_times_dense(const Context& context, const BitView& x, MatrixView<const float> w,
                      bool accumulate, MatrixView<float> out);

// Writes x^T: words_per_row(x.rows) * x.cols words, with a stride of x.cols.
BitView transpose(const BitView& x, uint64_t* words);

}  // namespace laconic::ops
