// Products with a matrix of zeros and ones, such as bag-of-words features, by look-up: for six rows
// of w all 64 sums are made once, and six columns of a row of x are then one addition. (The method
// of the four Russians: Arlazarov, Dinic, Kronrod and Faradzhev, 1970.) From a density of a tenth
// on it beats a sparse product, and a dense one always.
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
