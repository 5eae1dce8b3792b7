// out = A^ x (+ addend): neighbourhood aggregation with the operator of the batch,
// Frame::neighbourhood (see spmm/spmm.hpp). An optional second input of the same width is added.
// Width stays. A chunk of rows (first_row > 0) runs forward only; backward is for a whole batch,
// whose operator is square: dx = A^^T dout by the same kernel with the scales swapped; the addend
// gets dout.
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
