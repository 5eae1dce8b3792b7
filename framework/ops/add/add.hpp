// out = sum of the inputs, which have the same width (residual connections). `out` may be input 0.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind add;
}

template <class T>
std::unique_ptr<Kernel<T>> make_add_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_add_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
