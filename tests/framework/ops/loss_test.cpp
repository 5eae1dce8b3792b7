#include "framework/ops/loss/loss.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/framework/ops/contexts.hpp"
#include "tests/framework/ops/sparse_matrices.hpp"

namespace laconic::ops {
namespace {

using test::contexts;
using test::Matrix;

// Targets of both kinds for the same rows; every fourth row is unlabelled.
struct Labels {
  Labels(int64_t rows, int64_t cols) : hot(rows * cols), shape_rows(rows), shape_cols(cols) {
    const Random random(6, Stream::test);
    for (int64_t i = 0; i < rows; ++i) {
      const bool known = i % 4 != 1;
      labelled.push_back(known);
      classes.push_back(known ? static_cast<int32_t>(random.below(static_cast<uint64_t>(i),
                                                                  static_cast<uint64_t>(cols)))
                              : -1);
      for (int64_t j = 0; j < cols; ++j)
        hot[i * cols + j] = random.uniform(static_cast<uint64_t>(i * cols + j)) < 0.3;
    }
  }
  Targets single() const { return {classes, {}, {}}; }
  Targets multiple() const { return {{}, {hot.data(), shape_rows, shape_cols}, labelled}; }
  std::vector<int32_t> classes;
  std::vector<uint8_t> hot, labelled;
  int64_t shape_rows, shape_cols;
};

template <class T>
LossSum reference(MatrixView<const T> logits, const Targets& targets, T scale,
                  MatrixView<T> dlogits) {
  return targets.is_multi_label() ? sigmoid_cross_entropy_ref<T>(logits, targets, scale, dlogits)
                                  : softmax_cross_entropy_ref<T>(logits, targets, scale, dlogits);
}

// Logits up to +-20 * spread: the whole useful range of exp.
void expect_fast_equals_reference(const Context& context, int64_t rows, int64_t cols, bool multiple,
                                  float spread) {
  const Labels labels(rows, cols);
  const Targets targets = multiple ? labels.multiple() : labels.single();
  auto logits = Matrix<float>::random(rows, cols, 1, 3);
  for (float& value : logits.values) value *= spread;
  Matrix<float> wanted(rows, cols, 1), got(rows, cols, 2);
  const LossSum a = reference<float>(logits.view(), targets, 0.25f, wanted.view());
  const LossSum b = loss(context, logits.view(), targets, 0.25f, got.view());
  EXPECT_NEAR(a.loss, b.loss, 1e-5 * std::max(1.0, a.loss)) << rows << " x " << cols;
  EXPECT_EQ(a.labelled, b.labelled);
  EXPECT_EQ(a.correct, b.correct);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j)
      ASSERT_NEAR(got.view()(i, j), wanted.view()(i, j), 1e-6) << i << ", " << j;
  const LossSum value_only = loss(context, logits.view(), targets, 0.25f, MatrixView<float>());
  EXPECT_EQ(value_only.loss, b.loss);
  loss(context, logits.view(), targets, 0.25f, logits.view());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j)
      ASSERT_EQ(got.view()(i, j), logits.view()(i, j)) << "in place";
}

TEST(Loss, FastEqualsReferenceForBothKinds) {
  for (const Context& context : contexts())
    for (const bool multiple : {false, true})
      for (const int64_t cols : {1, 2, 7, 10, 16, 47, 121})
        for (const float spread : {0.1f, 1.0f, 20.0f})
          for (const int64_t rows : {0, 1, 100})
            expect_fast_equals_reference(context, rows, cols, multiple, spread);
}

TEST(Loss, GradientOfTheReferenceIsTheCentralDifference) {
  const Labels labels(9, 5);
  for (const Targets& targets : {labels.single(), labels.multiple()}) {
    auto logits = Matrix<double>::random(9, 5, 1);
    Matrix<double> gradient(9, 5);
    reference<double>(logits.view(), targets, 0.5, gradient.view());
    for (size_t k = 0; k < logits.values.size(); ++k) {
      const double h = 1e-5, before = logits.values[k];
      logits.values[k] = before + h;
      const double above = reference<double>(logits.view(), targets, 1, {}).loss;
      logits.values[k] = before - h;
      const double below = reference<double>(logits.view(), targets, 1, {}).loss;
      logits.values[k] = before;
      EXPECT_NEAR(gradient.values[k], 0.5 * (above - below) / (2 * h), 1e-6);
    }
  }
}

TEST(Loss, KnownValues) {
  const std::vector<float> logits{0, 0, 0, 1};
  const std::vector<int32_t> classes{0, 1};
  const LossSum softmax =
      loss({}, MatrixView<const float>(logits.data(), 2, 2), {classes, {}, {}}, 1, {});
  EXPECT_NEAR(softmax.loss, std::log(2.0) + std::log(1 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(softmax.labelled, 2);
  EXPECT_EQ(softmax.correct, 2);  // a tie goes to the lowest index
  const std::vector<uint8_t> hot{1, 0, 0, 1}, labelled{1, 1};
  const LossSum sigmoid = loss({}, MatrixView<const float>(logits.data(), 2, 2),
                               {{}, {hot.data(), 2, 2}, labelled}, 1, {});
  EXPECT_NEAR(sigmoid.loss, 0.5 * (3 * std::log(2.0) + std::log(1 + std::exp(-1.0))), 1e-6);
}

TEST(Loss, HugeLogitsGiveFiniteLossAndNanGivesNan) {
  for (const Context& context : contexts()) {
    for (const bool multiple : {false, true}) {
      std::vector<float> logits{-3e4f, 3e4f, 0, 100, -100, 88};
      const std::vector<int32_t> classes{0, 2};
      const std::vector<uint8_t> hot{1, 0, 0, 0, 1, 0}, labelled{1, 1};
      const Targets targets =
          multiple ? Targets{{}, {hot.data(), 2, 3}, labelled} : Targets{classes, {}, {}};
      std::vector<float> gradient(6);
      const MatrixView<float> d(gradient.data(), 2, 3);
      const MatrixView<const float> view(logits.data(), 2, 3);
      EXPECT_TRUE(std::isfinite(loss(context, view, targets, 1, d).loss));
      for (const float value : gradient) EXPECT_TRUE(std::isfinite(value));
      for (const size_t position : {0, 4}) {
        const float before = logits[position];
        logits[position] = NAN;
        EXPECT_TRUE(std::isnan(loss(context, view, targets, 1, d).loss))
            << position << isa_name(context.isa);
        logits[position] = before;
      }
    }
  }
}

TEST(Loss, GivesTheSameBitsForAnyNumberOfThreads) {
  const Labels labels(5000, 10);
  for (const Context& context : contexts())
    for (const Targets& targets : {labels.single(), labels.multiple()}) {
      const auto logits = Matrix<float>::random(5000, 10, 1);
      Matrix<float> one(5000, 10), many(5000, 10);
      const LossSum a =
          loss({.threads = 1, .isa = context.isa}, logits.view(), targets, 1, one.view());
      const LossSum b =
          loss({.threads = 3, .isa = context.isa}, logits.view(), targets, 1, many.view());
      EXPECT_EQ(a.loss, b.loss);
      EXPECT_EQ(
          std::memcmp(one.values.data(), many.values.data(), one.values.size() * sizeof(float)), 0);
    }
}

}  // namespace
}  // namespace laconic::ops
