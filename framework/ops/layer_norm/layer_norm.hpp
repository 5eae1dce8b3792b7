// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over the columns of each row (Ba, Kiros,
// Hinton 2016, arXiv 1607.06450), with the activation in the same pass over memory.
//
//   activation: none | relu    default none
//   epsilon: number            default 1e-5
//   units: text                unit label of the columns
//   decay: number              default 1; ParameterSpec::decay of "<name>.gamma" (ones) and
//   "<name>.beta" (zeros)
//
// Keeps its input and two numbers a row; normalised values and the activation's mask are
// recomputed, so a layer costs no matrix for its output that the next operator does not want
// anyway.
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
