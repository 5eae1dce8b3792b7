// Losses over the labelled rows of a batch. Each returns the *sum* over labelled rows and writes
// scale * d(sum)/d(logits); rows without a label get zero. Weights (1 / labels of all ranks) are
// the caller's: scale.
//   softmax_cross_entropy: one class a row (-1 = unlabelled).
//   sigmoid_cross_entropy: several labels a row, averaged over classes, `labelled` says which rows
//   count.
// correct: rows whose arg max is the class (ties: lowest index); for several labels, 0 (see
// metrics).
#pragma once

#include <cstdint>

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"

namespace laconic::ops {

struct Targets {
  std::span<const int32_t> classes;     // rows entries, or empty
  MatrixView<const uint8_t> multi_hot;  // rows x classes of 0/1, or null
  std::span<const uint8_t> labelled;    // rows entries of 0/1, used with multi_hot
  bool is_multi_label() const { return multi_hot.data != nullptr; }
};

struct LossSum {
  double loss = 0;  // sum over labelled rows
  int64_t labelled = 0;
  int64_t correct = 0;
};

// dlogits may be null (value only) and may be logits itself (in place).
template <class T>
LossSum softmax_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits);
template <class T>
LossSum sigmoid_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits);

// Chooses by targets and type; float runs the fast kernel. Sums in row order: same bits for any
// thread count.
LossSum loss(const Context& context, MatrixView<const float> logits, const Targets& targets,
             float scale, MatrixView<float> dlogits);
LossSum loss(const Context& context, MatrixView<const double> logits, const Targets& targets,
             double scale, MatrixView<double> dlogits);

}  // namespace laconic::ops
