// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance per item and group
// of channels (Wu, He 2018, arXiv 1803.08494), and with the activation in the same pass over
// memory. The channels are the columns; a group is an interval of them. An item is a row of the
// batch, or all pixels of an image. One group is layer normalisation over the whole item, and as
// many groups as channels are instance normalisation. No item depends on another one, so there is
// no state.
//
//   groups: integer              must divide the number of channels
//   activation: none | relu      default none
//   epsilon: number              default 1e-5
//   affine: flag                 default true; false: gamma = 1, beta = 0, no parameters
//   units: text                  unit label of the columns
//   decay: number                default 1; ParameterSpec::decay of the two parameters
//
// Parameters: "<name>.gamma" starts as ones, "<name>.beta" as zeros. The kernel keeps its input and
// two numbers per item and group for backward.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind group_norm;
}

struct GroupNormOptions {
  explicit GroupNormOptions(const NodeSpec& node);  // of a node that was checked

  int64_t groups, cols;
  bool relu, affine;
  double epsilon;

  int64_t width() const { return cols / groups; }  // channels per group
};

template <class T>
std::unique_ptr<Kernel<T>> make_group_norm_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_group_norm_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
