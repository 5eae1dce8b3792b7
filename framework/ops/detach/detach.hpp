// y = x, and no gradient: what computes x alone gets no cotangent. The output has the memory of the
// input where the planner can share it.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind detach;
}

template <class T>
std::unique_ptr<Kernel<T>> make_detach_ref(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
