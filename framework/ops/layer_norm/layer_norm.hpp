// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over the columns of each row (Ba, Kiros,
// Hinton 2016, arXiv 1607.06450), with the activation in the same pass over memory.
//
//   activation: none | relu    default none
//   epsilon: number            default 1e-5
//   units: text                unit label of the columns
//   decay: number              default 1; ParameterSpec::decay of the two parameters
//
// Parameters: "<name>.gamma" starts as ones, "<name>.beta" as zeros. The kernel keeps its input and
// two numbers per row for backward, and recomputes the normalised values and the activation's mask.
// So the output needs memory until backward only if the next operator reads it there.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind layer_norm;
}

template <class T>
std::unique_ptr<Kernel<T>> make_layer_norm_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_layer_norm_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
