// Scores against their definitions, counted pair by pair.
#include "framework/graph/scores.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/framework/graph/toy_problem.hpp"

namespace laconic::graph::test {
namespace {

struct Sample {
  std::vector<float> logits;
  std::vector<int32_t> classes;
  std::vector<uint8_t> multi_hot, labelled;
  int64_t rows = 0, outputs = 0;
  MatrixView<const float> view() const { return {logits.data(), rows, outputs}; }
  ops::Targets single() const { return {.classes = classes, .multi_hot = {}, .labelled = {}}; }
  ops::Targets many() const {
    return {.classes = {}, .multi_hot = {multi_hot.data(), rows, outputs}, .labelled = labelled};
  }
};

// Logits on a coarse grid, so that ties are common.
Sample sample(int64_t rows, int64_t outputs, uint64_t seed) {
  Sample s;
  s.rows = rows;
  s.outputs = outputs;
  const Random random(seed, Stream::test);
  uint64_t k = 0;
  for (int64_t i = 0; i < rows; ++i) {
    s.classes.push_back(
        static_cast<int32_t>(random.below(++k, static_cast<uint64_t>(outputs) + 1)) - 1);
    s.labelled.push_back(random.uniform(++k) < 0.8);
    for (int64_t c = 0; c < outputs; ++c) {
      s.logits.push_back(static_cast<float>(random.below(++k, 9)) - 4);
      s.multi_hot.push_back(random.uniform(++k) < 0.3);
    }
  }
  return s;
}

Scores scores_of(const Sample& s, const ops::Targets& targets) {
  Scorer scorer(s.outputs);
  scorer.add(context(), s.view(), targets);
  return scorer.scores();
}

double f1(double tp, double fp, double fn) {
  const double precision = tp / (tp + fp), recall = tp / (tp + fn);
  return tp == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

// Counts of one class by asking every row; `predicts` and `is` say what the row's prediction and
// truth are.
template <class Predicts, class Is>
std::array<double, 3> counts(int64_t rows, Predicts predicts, Is is) {
  std::array<double, 3> c{};
  for (int64_t i = 0; i < rows; ++i) {
    c[0] += predicts(i) && is(i);
    c[1] += predicts(i) && !is(i);
    c[2] += !predicts(i) && is(i);
  }
  return c;
}

TEST(ScoresOfOneLabel, AreAccuracyAndF1ByTheirDefinitions) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Sample s = sample(40, 5, seed);
    std::vector<int32_t> predicted;
    double labelled = 0, right = 0, macro = 0, met = 0;
    for (int64_t i = 0; i < s.rows; ++i) {
      int32_t best = 0;
      for (int32_t c = 1; c < s.outputs; ++c)
        if (s.view()(i, c) > s.view()(i, best)) best = c;
      predicted.push_back(best);
      labelled += s.classes[i] >= 0;
      right += s.classes[i] == best;
    }
    for (int32_t c = 0; c < s.outputs; ++c) {
      const auto n = counts(
          s.rows, [&](int64_t i) { return s.classes[i] >= 0 && predicted[i] == c; },
          [&](int64_t i) { return s.classes[i] == c; });
      macro += f1(n[0], n[1], n[2]);
      met += n[0] + n[1] + n[2] > 0;
    }
    const Scores scores = scores_of(s, s.single());
    EXPECT_EQ(static_cast<double>(scores.rows), labelled);
    EXPECT_DOUBLE_EQ(scores.accuracy, right / labelled);
    EXPECT_DOUBLE_EQ(scores.micro_f1, scores.accuracy);
    EXPECT_NEAR(scores.macro_f1, macro / met, 1e-12);
    EXPECT_FALSE(scores.roc_auc);
  }
}

TEST(ScoresOfOneLabel, LeaveClassesOutThatNoRowHasAndNoneIsPredictedAs) {
  // Classes 0 and 1 are met, 2 is only predicted (it counts as 0), 3 and 4 are nowhere.
  Sample s{.logits = {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0},
           .classes = {0, 1, 1},
           .multi_hot = {},
           .labelled = {},
           .rows = 3,
           .outputs = 5};
  EXPECT_NEAR(scores_of(s, s.single()).macro_f1, (1 + 2.0 / 3 + 0) / 3, 1e-12);
}

TEST(ScoresOfManyLabels, AreF1OfTheLogitsAboveZero) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Sample s = sample(30, 6, seed);
    std::array<double, 3> all{};
    double macro = 0;
    for (int64_t c = 0; c < s.outputs; ++c) {
      const auto n = counts(
          s.rows, [&](int64_t i) { return s.labelled[i] && s.view()(i, c) > 0; },
          [&](int64_t i) { return s.labelled[i] && s.multi_hot[i * s.outputs + c]; });
      macro += f1(n[0], n[1], n[2]) / static_cast<double>(s.outputs);
      for (int k = 0; k < 3; ++k) all[k] += n[k];
    }
    const Scores scores = scores_of(s, s.many());
    EXPECT_NEAR(scores.micro_f1, f1(all[0], all[1], all[2]), 1e-12);
    EXPECT_NEAR(scores.macro_f1, macro, 1e-12);
  }
}

TEST(RocAuc, IsTheShareOfPairsInOrderAndTiesCountHalf) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Sample s = sample(50, 2, seed);
    double pairs = 0, ordered = 0;
    for (int64_t i = 0; i < s.rows; ++i)
      for (int64_t j = 0; j < s.rows; ++j) {
        if (s.classes[i] != 1 || s.classes[j] != 0) continue;
        const float a = s.view()(i, 1) - s.view()(i, 0), b = s.view()(j, 1) - s.view()(j, 0);
        ++pairs;
        ordered += a > b ? 1 : a == b ? 0.5 : 0;
      }
    EXPECT_NEAR(scores_of(s, s.single()).roc_auc.value(), ordered / pairs, 1e-12);
  }
}

TEST(RocAuc, IsAbsentWithoutBothClasses) {
  Sample s = sample(10, 2, 1);
  std::fill(s.classes.begin(), s.classes.end(), 1);
  EXPECT_FALSE(scores_of(s, s.single()).roc_auc);
}

TEST(RocAuc, IsAbsentWhenALogitIsNotANumber) {
  Sample s = sample(2000, 2, 1);
  for (size_t k = 0; k < s.logits.size(); k += 3)
    s.logits[k] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(scores_of(s, s.single()).roc_auc);
}

TEST(Scores, DoNotDependOnHowTheRowsAreCutIntoChunks) {
  const Sample s = sample(64, 2, 3);
  Scorer scorer(2);
  for (const auto& [first, count] : {std::pair<int64_t, int64_t>{0, 1}, {1, 40}, {41, 0}, {41, 23}})
    scorer.add(
        context(), s.view().rows_from(first, count),
        {.classes = std::span(s.classes).subspan(first, count), .multi_hot = {}, .labelled = {}});
  const Scores a = scorer.scores(), b = scores_of(s, s.single());
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_NEAR(a.loss, b.loss, 1e-12);
  EXPECT_EQ(a.accuracy, b.accuracy);
  EXPECT_EQ(a.macro_f1, b.macro_f1);
  EXPECT_EQ(a.roc_auc, b.roc_auc);
}

TEST(Scores, OfNothingAreZero) {
  const Scores s = Scorer(3).scores();
  EXPECT_EQ(s.rows, 0);
  EXPECT_EQ(s.loss, 0);
}

}  // namespace
}  // namespace laconic::graph::test
