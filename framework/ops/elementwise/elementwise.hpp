// Elementwise steps that several operators share. They use all threads of a context.
#pragma once

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

// y = x, or y += x. x and y may be the same.
inline void copy_or_add(const Context& context, MatrixView<const float> x, bool accumulate,
                        MatrixView<float> y) {
  const ElementwiseKernels& table = elementwise_kernels(context.isa);
  parallel_rows(context.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
    (accumulate ? table.add : table.copy)({x.row(first), x.stride}, {y.row(first), y.stride}, count,
                                          y.cols);
  });
}

}  // namespace laconic::ops
