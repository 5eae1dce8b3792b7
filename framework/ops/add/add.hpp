// out = sum of the inputs, all of one width: residual connections. May overwrite input 0.
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
