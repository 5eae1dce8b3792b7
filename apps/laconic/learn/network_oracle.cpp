#include "apps/laconic/learn/network_oracle.hpp"

#include "apps/laconic/learn/network_state.hpp"

namespace laconic {

NetworkOracle::NetworkOracle(const Task& task, const graph::Graph& network, const Context& context,
                             PhaseTimer& timer, const std::string& implementation)
    : task_(task),
      context_(context),
      timer_(timer),
      forward_(timer.declare("forward", PhaseKind::work)),
      backward_(timer.declare("backward", PhaseKind::work)),
      executor_(network, context, task.batches().largest(), {.implementation = implementation}),
      state_(network.state_count) {
  allocate_state(network, state_);
}

void NetworkOracle::gradient(const graph::Point<float>& point, const graph::Feed<float>& batch,
                             float scale, std::span<float> gradient, BatchSums& sums,
                             const OnFinal& on_final) {
  {
    const auto timing = timer_.measure(forward_);
    const MatrixView<float> output = executor_.forward(point, batch, true);
    task_.loss(context_, output, batch, scale, executor_.output_cotangent(), sums);
  }
  const auto timing = timer_.measure(backward_);
  const auto report = [&](int64_t, int64_t end) { on_final(end); };
  executor_.backward(point, batch, gradient,
                     on_final ? std::function<void(int64_t, int64_t)>(std::ref(report)) : nullptr);
}

void NetworkOracle::value(const graph::Point<float>& point, const graph::Feed<float>& batch,
                          BatchSums& sums) {
  const auto timing = timer_.measure(forward_);
  task_.loss(context_, executor_.forward(point, batch, true), batch, 0, {}, sums);
}

int64_t NetworkOracle::recalibrate(std::span<const float> theta, std::span<const int32_t> samples,
                                   int64_t batches, std::span<float> state) {
  const graph::Feed<float>& feed = prepared(samples);
  if (feed.rows < 2) return 0;
  executor_.forward({theta, state, state, batches}, feed, true);
  return 1;
}

const graph::Feed<float>& NetworkOracle::prepared(std::span<const int32_t> samples) {
  if (!batch_) batch_ = task_.batches().make_batch();
  return batch_->build(samples);
}

double NetworkOracle::value(std::span<const float> theta, std::span<const int32_t> samples) {
  BatchSums sums;
  value({theta, state_}, prepared(samples), sums);
  return sums.measurement(0);
}

double NetworkOracle::gradient(std::span<const float> theta, std::span<const int32_t> samples,
                               float scale, std::span<float> gradient) {
  BatchSums sums;
  this->gradient({theta, state_}, prepared(samples), scale, gradient, sums);
  return sums.measurement(0);
}

}  // namespace laconic
