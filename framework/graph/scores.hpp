// Scores of predictions against targets, accumulated chunk by chunk in row order.
//   accuracy        rows whose arg max is the class (single label); = micro-F1 there
//   micro/macro F1  counts pooled over classes / mean over classes (a class without any positive
//   counts 0) roc_auc         two classes only: probability that a positive scores above a
//   negative, ties half;
//                  absent where one of the classes is, or a logit is not a number
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/context.hpp"
#include "framework/ops/loss/loss.hpp"

namespace laconic::graph {

struct Scores {
  int64_t rows = 0;
  double loss = 0;      // mean over rows
  double accuracy = 0;  // NaN with several labels a row
  double micro_f1 = 0;
  double macro_f1 = 0;
  std::optional<double> roc_auc;
};

class Scorer {
 public:
  explicit Scorer(int64_t classes) : tp_(classes), fp_(classes), fn_(classes) {}
  // Rows whose target is labelled (class >= 0, or labelled = 1) count.
  void add(const Context& context, MatrixView<const float> logits, const ops::Targets& targets);
  Scores scores() const;

 private:
  std::vector<int64_t> tp_, fp_, fn_;
  int64_t rows_ = 0, correct_ = 0;
  double loss_ = 0;
  bool multi_ = false;
  std::vector<std::pair<float, bool>> margins_;  // two classes: logit difference, is positive
};

}  // namespace laconic::graph
