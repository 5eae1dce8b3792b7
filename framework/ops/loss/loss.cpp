// Losses on the kernels of the instruction set. Rows are summed in at most kBlocks blocks, which
// depend on the number of rows alone; the blocks are added in order.

#include "framework/ops/loss/loss.hpp"

#include <algorithm>
#include <array>

#include "framework/base/error.hpp"
#include "framework/ops/loss/loss_kernels.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t kBlocks = 64;

template <class T>
void check_shapes(MatrixView<const T> logits, const Targets& targets, MatrixView<T> dlogits) {
  const int64_t rows = targets.is_multi_label() ? static_cast<int64_t>(targets.labelled.size())
                                                : static_cast<int64_t>(targets.classes.size());
  LACONIC_CHECK(rows == logits.rows, "loss: {} rows of logits, {} of targets", logits.rows, rows);
  LACONIC_CHECK(!targets.is_multi_label() ||
                    (targets.multi_hot.rows == rows && targets.multi_hot.cols == logits.cols),
                "loss: {} logits per row, {} targets", logits.cols, targets.multi_hot.cols);
  LACONIC_CHECK(!dlogits || (dlogits.rows == logits.rows && dlogits.cols == logits.cols),
                "loss: shape of dlogits");
}

}  // namespace

LossSum loss(const Context& context, MatrixView<const float> logits, const Targets& targets,
             float scale, MatrixView<float> dlogits) {
  check_shapes(logits, targets, dlogits);
  std::array<RowLosses, kBlocks> parts{};
  const int64_t block = std::max<int64_t>(32, (logits.rows + kBlocks - 1) / kBlocks);
  const int64_t blocks = (logits.rows + block - 1) / block;
  const LossKernels& table = loss_kernels(context.isa);
  parallel_for(context.threads, blocks, [&](int64_t b) {
    const int64_t first = b * block, last = std::min(logits.rows, first + block);
    parts[b] = targets.is_multi_label()
                   ? table.sigmoid_cross_entropy(strided(logits), strided(targets.multi_hot),
                                                 targets.labelled.data(), scale, strided(dlogits),
                                                 logits.cols, first, last)
                   : table.softmax_cross_entropy(strided(logits), targets.classes.data(), scale,
                                                 strided(dlogits), logits.cols, first, last);
  });
  LossSum sum;
  for (int64_t b = 0; b < blocks; ++b) {
    sum.loss += parts[b].loss;
    sum.labelled += parts[b].labelled;
    sum.correct += parts[b].correct;
  }
  return sum;
}

LossSum loss(const Context&, MatrixView<const double> logits, const Targets& targets, double scale,
             MatrixView<double> dlogits) {
  check_shapes(logits, targets, dlogits);
  return targets.is_multi_label() ? sigmoid_cross_entropy_ref(logits, targets, scale, dlogits)
                                  : softmax_cross_entropy_ref(logits, targets, scale, dlogits);
}

}  // namespace laconic::ops
