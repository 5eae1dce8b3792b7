// Every kernel body, in the namespace of the file that includes this, and the table that names
// them.

#include "framework/ops/simd/vector.inc.hpp"
// vector.inc.hpp first: the others stand on it.
#include "framework/ops/simd/elementwise.inc.hpp"
#include "framework/ops/spmm/spmm.inc.hpp"
// scatter.inc.hpp shares spmm's prefetch distance.
#include "framework/ops/bits/bits.inc.hpp"
#include "framework/ops/dropout/dropout.inc.hpp"
#include "framework/ops/layer_norm/layer_norm.inc.hpp"
#include "framework/ops/loss/loss.inc.hpp"
#include "framework/ops/select/accumulator.inc.hpp"
// accumulator.inc.hpp and append.inc.hpp before select.inc.hpp, which stands on both.
#include "framework/ops/max_pool2d/max_pool2d.inc.hpp"
#include "framework/ops/select/append.inc.hpp"
#include "framework/ops/select/select.inc.hpp"
#include "framework/ops/spmm/scatter.inc.hpp"
#include "framework/ops/update/update.inc.hpp"

constexpr Kernels table = {
    .spmm = spmm,
    .scatter_rows = scatter_rows,
    .bits_times_dense = bits_times_dense,
    .copy = copy,
    .add = add,
    .fill_rows = fill_rows,
    .column_sums = column_sums,
    .relu = relu,
    .relu_backward = relu_backward,
    .dropout = dropout,
    .layer_norm = layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .max_pool = max_pool,
    .max_pool_backward = max_pool_backward,
    .softmax_cross_entropy = softmax_cross_entropy,
    .sigmoid_cross_entropy = sigmoid_cross_entropy,
    .append_above = append_above,
    .append_pairs_above = append_pairs_above,
    .magnitude_range = magnitude_range,
    .magnitude_histogram = magnitude_histogram,
    .after_nth_equal = after_nth_equal,
    .sgd = sgd,
    .adam = adam,
    .accumulate = accumulate,
    .moment_sums = moment_sums,
};
