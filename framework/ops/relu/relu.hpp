// y = max(x, 0). NaN stays NaN. Backward reads the output, which may overwrite the input.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind relu;
}

template <class T>
std::unique_ptr<Kernel<T>> make_relu_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_relu_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
