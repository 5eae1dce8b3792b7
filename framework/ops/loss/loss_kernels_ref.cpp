// The references for the kernels of the losses, in double.
#include <cmath>

#include "framework/ops/loss/loss_kernels.hpp"

namespace laconic::ops {

namespace {

RowLosses softmax_cross_entropy(Strided<const float> logits, const int32_t* classes, float scale,
                                Strided<float> dlogits, int64_t cols, int64_t first, int64_t last) {
  RowLosses result{0, 0, 0};
  for (int64_t i = first; i < last; ++i) {
    const float* const x = logits.data + i * logits.stride;
    float* const d = dlogits.data == nullptr ? nullptr : dlogits.data + i * dlogits.stride;
    const int32_t label = classes[i];
    for (int64_t j = 0; label < 0 && d != nullptr && j < cols; ++j) d[j] = 0;
    if (label < 0) continue;
    int64_t best = 0;
    for (int64_t j = 1; j < cols; ++j)
      if (x[j] > x[best]) best = j;
    const double top = x[best];
    double sum = 0;
    for (int64_t j = 0; j < cols; ++j) sum += std::exp(x[j] - top);
    result.loss += std::log(sum) - (x[label] - top);
    result.labelled += 1;
    result.correct += best == label;
    for (int64_t j = 0; d != nullptr && j < cols; ++j)
      d[j] = static_cast<float>(scale * (std::exp(x[j] - top) / sum - (j == label ? 1 : 0)));
  }
  return result;
}

RowLosses sigmoid_cross_entropy(Strided<const float> logits, Strided<const uint8_t> targets,
                                const uint8_t* labelled, float scale, Strided<float> dlogits,
                                int64_t cols, int64_t first, int64_t last) {
  RowLosses result{0, 0, 0};
  const float each = scale / static_cast<float>(cols);
  for (int64_t i = first; i < last; ++i) {
    float* const d = dlogits.data == nullptr ? nullptr : dlogits.data + i * dlogits.stride;
    for (int64_t j = 0; labelled[i] == 0 && d != nullptr && j < cols; ++j) d[j] = 0;
    if (labelled[i] == 0) continue;
    double sum = 0;
    for (int64_t j = 0; j < cols; ++j) {
      const double z = logits.data[i * logits.stride + j], y = targets.data[i * targets.stride + j];
      const double positive = z < 0 ? 0 : z;  // NaN stays NaN
      sum += positive - z * y + std::log1p(std::exp(-std::abs(z)));
      if (d != nullptr) d[j] = static_cast<float>(each * (1 / (1 + std::exp(-z)) - y));
    }
    result.loss += sum / static_cast<double>(cols);
    result.labelled += 1;
  }
  return result;
}

}  // namespace

constinit const LossKernels loss_kernels_ref = {.softmax_cross_entropy = softmax_cross_entropy,
                                                .sigmoid_cross_entropy = sigmoid_cross_entropy};

}  // namespace laconic::ops
