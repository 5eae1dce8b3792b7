// Losses over the labelled rows of a batch. Each function returns the *sum* over labelled rows and
// writes scale * d(sum)/d(logits). Rows without a label get zero. The caller includes the weight in
// `scale`: 1 / (number of labels of all ranks).
//   softmax_cross_entropy  one class per row; -1 = unlabelled
//   sigmoid_cross_entropy  several labels per row, averaged over the classes; only rows with
//                          labelled = 1 count
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
  int64_t correct = 0;  // rows whose arg max (lowest index of ties) is the class; 0 with multi_hot
};

// Return the loss and write dlogits, which may be null (value only) or logits itself (in place).
template <class T>
LossSum softmax_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits);
template <class T>
LossSum sigmoid_cross_entropy_ref(MatrixView<const T> logits, const Targets& targets, T scale,
                                  MatrixView<T> dlogits);

// Chooses the loss by the targets; float uses the fast kernel. Sums are in row order, so the bits
// are the same for any number of threads.
LossSum loss(const Context& context, MatrixView<const float> logits, const Targets& targets,
             float scale, MatrixView<float> dlogits);
LossSum loss(const Context& context, MatrixView<const double> logits, const Targets& targets,
             double scale, MatrixView<double> dlogits);

}  // namespace laconic::ops
