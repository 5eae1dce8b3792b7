#include "comm/gradient/feedback.hpp"

#include <algorithm>

namespace laconic::comm {

ErrorFeedback::ErrorFeedback(const Context& context, int64_t elements, double momentum, bool keep)
    : context_(context),
      momentum_(static_cast<float>(momentum)),
      keep_(keep),
      residual_(elements),
      velocity_(momentum > 0 ? elements : 0) {}

void ErrorFeedback::allocate() {
  residual_.allocate();
  velocity_.allocate();
}

void ErrorFeedback::prepare(int64_t begin, std::span<float> gradient) const {
  if (velocity_.size() == 0) return;
  const float* velocity = velocity_.span().data() + begin;
  for (size_t i = 0; i < gradient.size(); ++i) gradient[i] += momentum_ * velocity[i];
}

ops::Accumulator ErrorFeedback::accumulator(int64_t begin, std::span<const float> gradient,
                                            float residual_scale) const {
  return {residual_.span().subspan(begin, gradient.size()), gradient, residual_scale};
}

void ErrorFeedback::commit(int64_t begin, std::span<float> gradient, float residual_scale,
                           const SparseSum& sum) {
  const std::span<float> residual = residual_.span().subspan(begin, gradient.size());
  if (keep_) {
    ops::accumulate(context_, {residual, gradient, residual_scale}, residual);
    for (int64_t i = 0; i < sum.delivered.size(); ++i)
      residual[sum.delivered.indices[i]] -= sum.delivered.values[i];
    for (int64_t i = 0; i < sum.returned.size(); ++i)
      residual[sum.returned.indices[i]] += sum.returned.values[i];
  }
  if (velocity_.size() > 0) {
    float* velocity = velocity_.span().data() + begin;
    std::copy(gradient.begin(), gradient.end(), velocity);
    for (const int32_t index : sum.delivered.indices) velocity[index] = 0;
  }
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  for (int64_t i = 0; i < sum.sum.size(); ++i) gradient[sum.sum.indices[i]] = sum.sum.values[i];
}

void ErrorFeedback::clear(int64_t begin, int64_t count) {
  std::ranges::fill(residual_.span().subspan(begin, count), 0.0f);
  if (velocity_.size() > 0) std::ranges::fill(velocity_.span().subspan(begin, count), 0.0f);
}

void ErrorFeedback::visit_state(StateList& state) {
  state.add("exchange/residual", residual_, Placement::rank_sum);
  if (velocity_.size() > 0) state.add("exchange/velocity", velocity_, Placement::rank_sum);
}

}  // namespace laconic::comm
