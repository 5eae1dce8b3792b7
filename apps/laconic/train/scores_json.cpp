#include "apps/laconic/train/scores_json.hpp"

#include <cmath>
#include <limits>

#include "framework/base/error.hpp"

namespace laconic {

void pack_scores(const Evaluation& evaluation, std::span<double, 15> packed) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (int s = 0; s < 3; ++s) {
    const graph::Scores& scores = evaluation.scores[s];
    const bool any = scores.rows > 0;
    double* out = packed.data() + 5 * s;
    out[0] = any ? scores.loss : none;
    out[1] = any ? scores.accuracy : none;
    out[2] = any ? scores.micro_f1 : none;
    out[3] = any ? scores.macro_f1 : none;
    out[4] = scores.roc_auc.value_or(none);
  }
}

double score_of(std::span<const double, 15> packed, SplitName split, const std::string& score) {
  for (int i = 0; i < 5; ++i)
    if (score == score_names[i]) return packed[5 * static_cast<int>(split) + i];
  fail(ExitCode::internal, "no score named {}", score);
}

nlohmann::json scores_json(std::span<const double, 15> packed) {
  nlohmann::json out;
  for (const SplitName split : {SplitName::train, SplitName::val, SplitName::test})
    for (const char* score : score_names)
      if (const double v = score_of(packed, split, score); std::isfinite(v))
        out[split_names[static_cast<int>(split)]][score] = v;
  return out;
}

}  // namespace laconic
