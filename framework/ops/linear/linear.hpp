// Z = sum_i X_i W_i (+ bias): a fully connected layer over one or more inputs. Several inputs give
// the same result as the concatenated layer [S | H] W, without the concatenation. Inputs are dense
// or sparse. Sparse inputs are inputs of the graph and get no gradient.
//
//   out: int             width of Z
//   bias: bool           default false; zeros
//   weight_names         default "<name>.weight", or "<name>.weight_<i>" for several inputs
//   input_units          unit labels of the weights' rows, one per input
//   output_units         unit label of the weights' columns
//   bias_name            default "<name>.bias"
//   fan_in: int          default the sum of the widths; larger if the node is a part of a layer
//   decay: number        default 1; ParameterSpec::decay of all parameters
//
// Weights are Glorot uniform, as blocks of one matrix: fan_in is the sum of the widths.
//
// Backward: dX_i = dZ W_i^T,  dW_i += X_i^T dZ,  dbias += column sums of dZ.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind linear;
}

template <class T>
std::unique_ptr<Kernel<T>> make_linear_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_linear_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
