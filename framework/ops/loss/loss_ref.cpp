// The reference for the losses, by their definitions.

#include <cmath>

#include "framework/ops/loss/loss.hpp"

namespace laconic::ops {

template <class T>
LossSum softmax_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits) {
  LossSum result;
  for (int64_t i = 0; i < logits.rows; ++i) {
    const int32_t label = targets.classes[i];
    if (label < 0) {
      for (int64_t j = 0; dlogits && j < logits.cols; ++j) dlogits(i, j) = 0;
      continue;
    }
    int64_t best = 0;
    for (int64_t j = 1; j < logits.cols; ++j)
      if (logits(i, j) > logits(i, best)) best = j;
    const double top = logits(i, best);
    double sum = 0;
    for (int64_t j = 0; j < logits.cols; ++j) sum += std::exp(logits(i, j) - top);
    result.loss += std::log(sum) - (logits(i, label) - top);
    result.labelled += 1;
    result.correct += best == label;
    for (int64_t j = 0; dlogits && j < logits.cols; ++j) {
      const double probability = std::exp(logits(i, j) - top) / sum;
      dlogits(i, j) = static_cast<T>(scale * (probability - (j == label ? 1 : 0)));
    }
  }
  return result;
}

template <class T>
LossSum sigmoid_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits) {
  LossSum result;
  const double classes = static_cast<double>(logits.cols);
  for (int64_t i = 0; i < logits.rows; ++i) {
    if (targets.labelled[i] == 0) {
      for (int64_t j = 0; dlogits && j < logits.cols; ++j) dlogits(i, j) = 0;
      continue;
    }
    result.labelled += 1;
    for (int64_t j = 0; j < logits.cols; ++j) {
      const double z = logits(i, j), y = targets.multi_hot(i, j);
      const double positive = z < 0 ? 0 : z;  // NaN stays NaN
      result.loss += (positive - z * y + std::log1p(std::exp(-std::abs(z)))) / classes;
      if (dlogits) dlogits(i, j) = static_cast<T>(scale * (1 / (1 + std::exp(-z)) - y) / classes);
    }
  }
  return result;
}

template LossSum softmax_cross_entropy_ref(MatrixView<const float>, const Targets&, float,
                                           MatrixView<float>);
template LossSum softmax_cross_entropy_ref(MatrixView<const double>, const Targets&, double,
                                           MatrixView<double>);
template LossSum sigmoid_cross_entropy_ref(MatrixView<const float>, const Targets&, float,
                                           MatrixView<float>);
template LossSum sigmoid_cross_entropy_ref(MatrixView<const double>, const Targets&, double,
                                           MatrixView<double>);

}  // namespace laconic::ops
