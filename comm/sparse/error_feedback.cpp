#include "comm/sparse/error_feedback.hpp"

#include <algorithm>
#include <cmath>

namespace laconic::comm {

ErrorFeedback::ErrorFeedback(const Context& context, int64_t elements, double momentum, bool keep)
    : context_(context),
      momentum_(static_cast<float>(momentum)),
      keep_(keep),
      residual_(elements),
      velocity_(momentum > 0 ? elements : 0) {}

void ErrorFeedback::prepare(int64_t begin, std::span<float> gradient) const {
  if (velocity_.empty()) return;
  const float* velocity = velocity_.data() + begin;
  for (size_t i = 0; i < gradient.size(); ++i) gradient[i] += momentum_ * velocity[i];
}

ops::Accumulator ErrorFeedback::accumulator(int64_t begin, std::span<const float> gradient,
                                            float residual_scale) const {
  return {std::span(residual_).subspan(begin, gradient.size()), gradient, residual_scale};
}

void ErrorFeedback::commit(int64_t begin, std::span<float> gradient, float residual_scale,
                           const SparseSum& sum) {
  const std::span<float> residual = std::span(residual_).subspan(begin, gradient.size());
  if (keep_) {
    ops::accumulate(context_, {residual, gradient, residual_scale}, residual);
    for (int64_t i = 0; i < sum.delivered.size(); ++i)
      residual[sum.delivered.indices[i]] -= sum.delivered.values[i];
    for (int64_t i = 0; i < sum.returned.size(); ++i)
      residual[sum.returned.indices[i]] += sum.returned.values[i];
  }
  if (!velocity_.empty()) {
    float* velocity = velocity_.data() + begin;
    std::copy(gradient.begin(), gradient.end(), velocity);
    for (const int32_t index : sum.delivered.indices) velocity[index] = 0;
  }
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  for (int64_t i = 0; i < sum.sum.size(); ++i) gradient[sum.sum.indices[i]] = sum.sum.values[i];
}

void ErrorFeedback::clear(int64_t begin, int64_t count) {
  std::fill_n(residual_.begin() + begin, count, 0.0f);
  if (!velocity_.empty()) std::fill_n(velocity_.begin() + begin, count, 0.0f);
}

double ErrorFeedback::norm() const {
  double sum = 0;
  for (const float x : residual_) sum += static_cast<double>(x) * x;
  return std::sqrt(sum);
}

void ErrorFeedback::visit_state(StateList& state) {
  state.add("exchange/residual", std::span(residual_), Placement::rank_sum);
  if (!velocity_.empty()) state.add("exchange/velocity", std::span(velocity_), Placement::rank_sum);
}

}  // namespace laconic::comm
