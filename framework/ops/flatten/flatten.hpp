// Makes one row of all pixels of an image: (y, x, channel), the channel fastest. This is the order
// of the pixels in memory, so the planner gives both values the same memory where it can.
//
//   height, width: int    of the images in the space of the input; other sizes are refused when a
//                         batch has them
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind flatten;
}

template <class T>
std::unique_ptr<Kernel<T>> make_flatten_ref(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
