#include <bit>

#include "framework/ops/kernel_check.hpp"
#include "framework/ops/loss/loss_kernels.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t loss_rows = 7;
enum class Gradient { none, apart, in_place };
constexpr Gradient gradients[] = {Gradient::none, Gradient::apart, Gradient::in_place};

Strided<float> target(Trial& trial, Gradient gradient, MatrixView<float> logits) {
  if (gradient == Gradient::none) return {nullptr, 0};
  if (gradient == Gradient::in_place) return strided(logits);
  return strided(trial.matrix("dlogits", loss_rows, logits.cols));
}

void record(Trial& trial, const RowLosses& losses) {
  trial.returned("loss", losses.loss);
  trial.returned("labelled", losses.labelled);
  trial.returned("correct", losses.correct);
}

// The probabilities of exact numbers are 0, or one over a power of two.
void softmax_cross_entropy(const LossKernels& table, Trial& trial) {
  const int64_t cols = trial.size();
  if (cols == 0) return;
  const auto power = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(cols)));
  for (const Gradient gradient : gradients) {
    const auto logits = trial.matrix("logits", loss_rows, cols);
    for (int64_t i = 0; trial.exact() && i < loss_rows; ++i)
      for (int64_t j = 0; j < cols; ++j)
        logits(i, j) = static_cast<float>(i) - (j < cols - power / (i % 2 + 1) ? 200 : 0);
    const int32_t* const classes = trial.list<int32_t>("classes", loss_rows, [&](int64_t i) {
      return i == 2 ? -1 : static_cast<int32_t>(i % 3 == 0 ? cols - 1 : i * 5 % cols);
    });
    const Strided<float> d = target(trial, gradient, logits);
    for (const auto& [first, last] : {std::pair{0, 3}, std::pair{3, 7}})
      record(trial, table.softmax_cross_entropy(strided<const float>(logits), classes, 0.25f, d,
                                                cols, first, last));
  }
}

// The sigmoids of exact numbers are 0 and 1 where the loss is compared, else also 1/2.
void sigmoid_cross_entropy(const LossKernels& table, Trial& trial) {
  const int64_t cols = trial.size();
  if (cols == 0) return;
  for (const Gradient gradient : gradients)
    for (const bool halves : {false, true}) {
      const auto logits = trial.matrix("logits", loss_rows, cols);
      for (int64_t i = 0; trial.exact() && i < loss_rows; ++i)
        for (int64_t j = 0; j < cols; ++j)
          logits(i, j) = halves && j % 3 == 0 ? 0 : (i + j) % 2 == 0 ? 800 : -1024;
      const uint8_t* const hot = trial.list<uint8_t>("targets", loss_rows * cols, [](int64_t k) {
        return static_cast<uint8_t>(k * 5 % 3 == 0);
      });
      const uint8_t* const labelled = trial.list<uint8_t>(
          "labelled", loss_rows, [](int64_t i) { return static_cast<uint8_t>(i != 2); });
      const Strided<float> d = target(trial, gradient, logits);
      for (const auto& [first, last] : {std::pair{0, 3}, std::pair{3, 7}}) {
        const RowLosses losses = table.sigmoid_cross_entropy(
            strided<const float>(logits), {hot, cols}, labelled, 0.25f, d, cols, first, last);
        if (!trial.exact() || !halves) record(trial, losses);
      }
    }
}

constexpr KernelCheck<LossKernels> loss_calls[] = {
    {"loss.softmax_cross_entropy", softmax_cross_entropy, 1e-6},
    {"loss.sigmoid_cross_entropy", sigmoid_cross_entropy, 1e-6}};

}  // namespace

constinit const KernelChecks<LossKernels> loss_checks = {
    {"loss", walk_isas<LossKernels>}, loss_calls, loss_kernels, &loss_kernels_ref};

}  // namespace laconic::ops
