// Scores as the flat numbers that checkpoints hold, and as the sections of result.json.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "apps/laconic/train/task.hpp"

namespace laconic {

constexpr const char* score_names[] = {"loss", "accuracy", "micro_f1", "macro_f1", "roc_auc"};

// 3 splits x 5 scores; NaN where a score does not apply.
void pack_scores(const Evaluation& evaluation, std::span<double, 15> packed);
double score_of(std::span<const double, 15> packed, SplitName split, const std::string& score);
// {"train": {...}, "val": {...}, "test": {...}} without what does not apply.
nlohmann::json scores_json(std::span<const double, 15> packed);

}  // namespace laconic
