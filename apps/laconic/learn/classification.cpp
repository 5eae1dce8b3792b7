#include "apps/laconic/learn/classification.hpp"

#include <cmath>

#include "apps/laconic/learn/class_weights.hpp"
#include "apps/laconic/learn/prediction.hpp"
#include "framework/ops/loss/loss.hpp"

namespace laconic {

void Classification::declare(Figures& batch, Figures& scores) const {
  batch.declare({"loss", "", Better::lower, true});
  if (!is_multi_label()) batch.declare({"accuracy", "fraction", Better::higher, true});
  for (const char* split : split_names) {
    const std::string prefix = std::string(split) + "/";
    scores.declare({prefix + "loss", "", Better::lower});
    for (const char* score : {"accuracy", "micro_f1", "macro_f1", "roc_auc"})
      scores.declare({prefix + score, "fraction", Better::higher});
  }
}

std::string Classification::default_monitor() const {
  return is_multi_label() ? "val/micro_f1" : "val/accuracy";
}

std::string Classification::why_undefined(const std::string& name) const {
  for (const SplitName s : {SplitName::train, SplitName::val, SplitName::test}) {
    const std::string split = split_names[static_cast<int>(s)];
    if (!name.starts_with(split + "/")) continue;
    const std::string score = name.substr(split.size() + 1);
    const data::LabelCount& part = label_counts()[static_cast<size_t>(s)];
    if (!is_scored(s)) return fmt::format("{} is scored by the batches alone", split);
    if (part.labelled == 0) return fmt::format("no row of {} has a label", split);
    if (score == "accuracy" && is_multi_label()) return "rows have several labels";
    if (score != "roc_auc") return "";
    if (is_multi_label() || outputs() != 2) return "it needs two classes";
    if (part.classes < 2) return fmt::format("all rows of {} have the same class", split);
  }
  return "";
}

void Classification::loss(const Context& context, MatrixView<const float> output,
                          const graph::Feed<float>& feed, float scale, MatrixView<float> cotangent,
                          BatchSums& sums) const {
  const ops::LossSum sum = ops::loss(context, output, feed.targets, scale, cotangent);
  weigh(class_weights(), feed.targets.classes, cotangent);
  sums.rows() += static_cast<double>(feed.rows);
  sums.targets() += static_cast<double>(sum.labelled);
  sums.measurement(0) += sum.loss;
  sums.measurement(1) += static_cast<double>(sum.correct);
}

void Classification::evaluate(const graph::Point<float>& point, Figures& scores) {
  scores.clear();
  size_t index = 0;  // in the order of declare()
  const auto set = [&](bool is_there, double value) {
    if (is_there && std::isfinite(value)) scores.set(index, value);
    ++index;
  };
  for (const graph::Scores& split : score(point)) {
    const bool any = split.rows > 0;
    set(any, split.loss);
    set(any, split.accuracy);
    set(any, split.micro_f1);
    set(any, split.macro_f1);
    set(split.roc_auc.has_value(), split.roc_auc.value_or(0));
  }
}

int64_t Classification::predict(const graph::Point<float>& point, const std::string& path) {
  write_predictions(*this, point, path);
  return rows();
}

nlohmann::json Classification::baselines() const {
  nlohmann::json list = nlohmann::json::array();
  if (!is_multi_label())
    list.push_back({{"name", "always the commonest class"},
                    {"figure", "test/accuracy"},
                    {"value", majority()}});
  return list;
}

}  // namespace laconic
