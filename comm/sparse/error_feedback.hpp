// What a rank has not yet been able to say: its residual, added to the next gradient before
// anything is selected of it. Written once a step, after all ranks agreed that it counts.
//
//   accumulator = residual_scale * residual + g
//   residual'   = accumulator - delivered + returned
//
// With momentum correction (Lin et al. 2018) g is the velocity momentum * velocity + gradient of
// this rank, whose memory is cleared where it was delivered.
#pragma once

#include <span>
#include <vector>

#include "comm/sparse/sparse_allreduce.hpp"
#include "framework/base/context.hpp"
#include "framework/base/state.hpp"

namespace laconic::comm {

class ErrorFeedback {
 public:
  // momentum > 0: correction. keep = false: what is not delivered is forgotten, which is what error
  // feedback is there to avoid.
  ErrorFeedback(const Context& context, int64_t elements, double momentum, bool keep);

  // Turns the gradient of elements [begin, begin + gradient.size()) into what is accumulated, in
  // place. Without momentum correction it is that already.
  void prepare(int64_t begin, std::span<float> gradient) const;
  ops::Accumulator accumulator(int64_t begin, std::span<const float> gradient,
                               float residual_scale) const;

  // The commit of one bucket: `gradient` (prepared) is replaced by the sum over all ranks.
  void commit(int64_t begin, std::span<float> gradient, float residual_scale, const SparseSum& sum);
  // Keeps nothing of `count` elements: they were summed densely, residual and all.
  void clear(int64_t begin, int64_t count);

  double norm() const;
  void visit_state(StateList& state);
  int64_t bytes() const {
    return static_cast<int64_t>((residual_.size() + velocity_.size()) * sizeof(float));
  }

 private:
  const Context context_;
  const float momentum_;
  const bool keep_;
  std::vector<float> residual_, velocity_;
};

}  // namespace laconic::comm
