#include "framework/graph/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace laconic::graph {

void Scorer::add(const Context& context, MatrixView<const float> logits,
                 const ops::Targets& targets) {
  const ops::LossSum sum = ops::loss(context, logits, targets, 0.0f, MatrixView<float>{});
  rows_ += sum.labelled;
  correct_ += sum.correct;
  loss_ += sum.loss;
  multi_ = targets.is_multi_label();
  const auto classes = static_cast<int64_t>(tp_.size());
  for (int64_t i = 0; i < logits.rows; ++i) {
    const float* z = logits.row(i);
    if (multi_) {
      if (!targets.labelled[i]) continue;
      for (int64_t c = 0; c < classes; ++c) {
        const bool predicted = z[c] > 0, truth = targets.multi_hot(i, c) != 0;
        tp_[c] += predicted && truth;
        fp_[c] += predicted && !truth;
        fn_[c] += !predicted && truth;
      }
      continue;
    }
    const int32_t truth = targets.classes[i];
    if (truth < 0) continue;
    const auto predicted = static_cast<int32_t>(std::max_element(z, z + classes) - z);
    if (predicted == truth) {
      ++tp_[truth];
    } else {
      ++fp_[predicted];
      ++fn_[truth];
    }
    if (classes == 2) margins_.emplace_back(z[1] - z[0], truth == 1);
  }
}

namespace {

double f1(int64_t tp, int64_t fp, int64_t fn) {
  return tp == 0 ? 0 : 2.0 * static_cast<double>(tp) / static_cast<double>(2 * tp + fp + fn);
}

// Mann-Whitney: mean rank of the positives; ties have their mean rank. Returns nothing if a value
// is not a number.
std::optional<double> roc_auc(std::vector<std::pair<float, bool>> margins) {
  if (std::any_of(margins.begin(), margins.end(),
                  [](const auto& m) { return std::isnan(m.first); }))
    return {};
  std::sort(margins.begin(), margins.end());
  double rank_sum = 0;
  int64_t positives = 0;
  const auto n = static_cast<int64_t>(margins.size());
  for (int64_t i = 0; i < n;) {
    int64_t end = i, here = 0;
    for (; end < n && margins[end].first == margins[i].first; ++end) here += margins[end].second;
    rank_sum += static_cast<double>(here) * (static_cast<double>(i + end + 1) / 2);
    positives += here;
    i = end;
  }
  const int64_t negatives = n - positives;
  if (positives == 0 || negatives == 0) return {};
  const auto p = static_cast<double>(positives);
  return (rank_sum - p * (p + 1) / 2) / (p * static_cast<double>(negatives));
}

}  // namespace

Scores Scorer::scores() const {
  Scores s;
  s.rows = rows_;
  if (rows_ == 0) return s;
  s.loss = loss_ / static_cast<double>(rows_);
  int64_t tp = 0, fp = 0, fn = 0, counted = 0;
  for (size_t c = 0; c < tp_.size(); ++c) {
    tp += tp_[c];
    fp += fp_[c];
    fn += fn_[c];
    counted += multi_ || tp_[c] + fp_[c] + fn_[c] > 0;
  }
  for (size_t c = 0; c < tp_.size(); ++c)
    s.macro_f1 += f1(tp_[c], fp_[c], fn_[c]) / static_cast<double>(counted);
  s.micro_f1 = f1(tp, fp, fn);
  s.accuracy = multi_ ? std::numeric_limits<double>::quiet_NaN()
                      : static_cast<double>(correct_) / static_cast<double>(rows_);
  if (!margins_.empty()) s.roc_auc = roc_auc(margins_);
  return s;
}

}  // namespace laconic::graph
