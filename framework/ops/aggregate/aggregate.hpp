// out = A^ x (+ addend): neighbourhood aggregation with the operator of the batch,
// Frame::neighbourhood (see spmm/spmm.hpp). An optional second input of the same width is added.
// The output has the width of the input. A chunk of rows (first_row > 0) runs forward only.
//
// Backward needs a whole batch, whose operator is square. It computes dx = A^^T dout by the same
// kernel with the scales swapped. The cotangent of the addend is dout.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind aggregate;
}

template <class T>
std::unique_ptr<Kernel<T>> make_aggregate_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_aggregate_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
