// What batch_norm and group_norm share beside their kernels: the checks of a node, which are those
// of layer_norm, too, gamma and beta per channel, and strips of rows.
#pragma once

#include <vector>

#include "framework/ops/channel_norm/channel_norm_kernels.hpp"
#include "framework/ops/op.hpp"

namespace laconic::ops {

// Checks the input and the attributes activation and epsilon. Sets the output, and gamma and beta
// unless `affine` is false. Error(config) with the node's name.
void infer_channel_norm(NodeSpec& node);

// Sums over more rows are sums in double over strips of so many.
constexpr int64_t kStripRows = 128;
inline int64_t strips_of(int64_t rows) {
  return (rows + kStripRows - 1) / kStripRows;
}

// Gamma and beta of a node; ones and zeros where it has none.
class Affine {
 public:
  Affine(bool has_parameters, int64_t cols)
      : ones_(has_parameters ? 0 : cols, 1.0f), zeros_(has_parameters ? 0 : cols, 0.0f) {}

  const float* gamma(const Frame<float>& frame) const {
    return ones_.empty() ? frame.parameters[0].data() : ones_.data();
  }
  const float* beta(const Frame<float>& frame) const {
    return zeros_.empty() ? frame.parameters[1].data() : zeros_.data();
  }
  // Adds to the gradients of gamma and beta of channel j, where they are wanted.
  void add_gradient(const Cotangents<float>& cotangents, int64_t j, double dgamma,
                    double dbeta) const {
    if (!ones_.empty()) return;
    const std::span<float> gammas = cotangents.parameters[0], betas = cotangents.parameters[1];
    if (!gammas.empty()) gammas[j] += static_cast<float>(dgamma);
    if (!betas.empty()) betas[j] += static_cast<float>(dbeta);
  }
  int64_t bytes() const { return 2 * std::ssize(ones_) * int64_t{sizeof(float)}; }

 private:
  std::vector<float> ones_, zeros_;
};

}  // namespace laconic::ops
