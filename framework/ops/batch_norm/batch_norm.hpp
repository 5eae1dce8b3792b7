// y = gamma (x - mean) / sqrt(variance + epsilon) + beta per channel (Ioffe, Szegedy 2015, arXiv
// 1502.03167), with the activation in the same pass over memory. The channels are the columns. A
// mean is over all rows: those of the batch, or all pixels of its images, with a label or without.
//
//   activation: none | relu               default none
//   epsilon: number                       default 1e-5
//   momentum: number in [0, 1]            default 0.1, the weight of the newest batch
//   frozen: flag                          default false
//   affine: flag                          default true; false: gamma = 1, beta = 0, no parameters
//   rule: average | rank0 | per_rank      default average; StateSpec::rule of the statistics
//   units: text                           unit label of the columns
//   decay: number                         default 1; ParameterSpec::decay of the two parameters
//
// Training uses the mean and the variance of the batch, and updates the running ones:
//   running = (1 - momentum) running + momentum * that of the batch
// The running variance gets the unbiased variance (division by n - 1), as in PyTorch; the
// normalisation uses the biased one. Evaluation uses the running statistics, and so does training
// where `frozen` is set, which then updates nothing and has the gradient of an affine map.
//
// A batch with one value per channel has variance 0, so y = activation(beta), and the gradient of x
// is 0. It leaves the running statistics as they are, since it has no unbiased variance. An empty
// batch changes nothing. The statistics are those of the rank's own batch: ranks exchange none.
//
// Parameters: "<name>.gamma" starts as ones, "<name>.beta" as zeros. State: "<name>.running_mean"
// starts as zeros, "<name>.running_variance" as ones. The kernel keeps its input and two numbers
// per channel for backward.
#pragma once

#include "framework/ops/op.hpp"

namespace laconic::ops {

namespace kinds {
extern const OpKind batch_norm;
}

struct BatchNormOptions {
  explicit BatchNormOptions(const NodeSpec& node);  // of a node that was checked

  bool relu, frozen, affine;
  double epsilon, momentum;

  bool uses_batch(bool training) const { return training && !frozen; }
  // Returns the weight of the newest batch in running statistics; see StateViews::batches.
  double weight(int64_t batches) const {
    return batches < 0 ? momentum : 1 / (1 + static_cast<double>(batches));
  }
};

template <class T>
std::unique_ptr<Kernel<T>> make_batch_norm_ref(const NodeSpec& node, const Context& context);
std::unique_ptr<Kernel<float>> make_batch_norm_cpu(const NodeSpec& node, const Context& context);

}  // namespace laconic::ops
