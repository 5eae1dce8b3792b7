#include "apps/laconic/train/gradient_step.hpp"

#include "framework/optim/optimizer.hpp"

namespace laconic {

void GradientStep::micro_batch(std::span<const float> parameters, std::span<float> gradients,
                               const graph::Feed<float>& feed, float scale, bool send,
                               StepSums& sums) {
  ops::LossSum loss;
  {
    const auto timing = timer_.measure(Phase::forward);
    const MatrixView<float> logits = executor_.forward(parameters, feed, true);
    loss = ops::loss(context_, logits, feed.targets, scale, executor_.output_cotangent());
  }
  sums.loss += loss.loss;
  sums.labels += static_cast<double>(loss.labelled);
  sums.correct += static_cast<double>(loss.correct);
  sums.rows += static_cast<double>(feed.rows);
  const auto timing = timer_.measure(Phase::backward);
  // The layout of the parameters is the order in which gradients become final, so what is final is
  // a prefix.
  const auto start = [&](int64_t, int64_t end) { sum_.ready(gradients, end); };
  executor_.backward(parameters, feed, gradients,
                     send ? std::function<void(int64_t, int64_t)>(std::ref(start)) : nullptr);
}

void GradientStep::finish(std::span<float> gradients, const StepSettings& settings,
                          StepSums& sums) {
  if (settings.local_clip > 0) optim::clip(context_, gradients, settings.local_clip);
  const int64_t begin = steady_ns();
  double values[] = {sums.loss, sums.labels, sums.correct, sums.rows,
                     sums.stop, sums.save,   sums.writing};
  const bool finite = sum_.finish(gradients, values);
  sums = {values[0], values[1], values[2], values[3], values[4], values[5], values[6], finite};
  timer_.add(Phase::exchange_exposed, begin, steady_ns());
}

}  // namespace laconic
