// Scores predictions against targets. Scores are accumulated chunk by chunk in row order. They are
// equal to scikit-learn's with default arguments, where scikit-learn has the same score.
//   accuracy  fraction of rows whose arg max is the class; single label only; equals micro F1 there
//   micro F1  F1 of the counts summed over all classes
//   macro F1  mean F1 of the classes
//             single label: of the classes that are the target or the prediction of a row
//             several labels per row: of all classes; a class without true positives has F1 = 0
//   roc_auc   probability that a positive scores above a negative; ties count half
//             two classes only; absent if a class has no row or a logit is NaN
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
  double accuracy = 0;  // NaN with several labels per row
  double micro_f1 = 0;
  double macro_f1 = 0;
  std::optional<double> roc_auc;
};

class Scorer {
 public:
  explicit Scorer(int64_t classes) : tp_(classes), fp_(classes), fn_(classes) {}
  // Adds a chunk of rows. Only labelled rows count (class >= 0, or labelled = 1).
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
