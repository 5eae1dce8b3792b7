// The residual of a rank: the part of its gradients that was not delivered. It is added to the next
// gradient before selection, and written once per step, after all ranks agreed on the step.
//
//   accumulator = residual_scale * residual + g
//   residual'   = accumulator - delivered + returned
//
// With momentum correction (Lin et al. 2018) g is this rank's new velocity, momentum * velocity +
// gradient. The velocity is set to zero where it was delivered.
#pragma once

#include <span>

#include "comm/sparse/sparse_allreduce.hpp"
#include "framework/base/context.hpp"
#include "framework/device/buffer.hpp"
#include "framework/device/state.hpp"

namespace laconic::comm {

// Residual and velocity have no memory until allocate(), or until they are read from a checkpoint.
class ErrorFeedback {
 public:
  // momentum > 0: momentum correction with this momentum. keep = false: undelivered values are lost
  // (comm.error_feedback: false).
  ErrorFeedback(const Context& context, int64_t elements, double momentum, bool keep);
  // Allocates the memory, filled with zeros, unless it exists. Call it before all other functions
  // except visit_state().
  void allocate();

  // Replaces the gradient of elements [begin, begin + gradient.size()) by g. Without momentum
  // correction it is g already.
  void prepare(int64_t begin, std::span<float> gradient) const;
  ops::Accumulator accumulator(int64_t begin, std::span<const float> gradient,
                               float residual_scale) const;

  // Commits one bucket: writes the residual, and replaces `gradient` (prepared) by the sum over all
  // ranks.
  void commit(int64_t begin, std::span<float> gradient, float residual_scale, const SparseSum& sum);
  // Clears residual and velocity of `count` elements. Call it after these elements were summed
  // densely, together with the residual.
  void clear(int64_t begin, int64_t count);

  void visit_state(StateList& state);

 private:
  const Context context_;
  const float momentum_;
  const bool keep_;
  device::Buffer<float> residual_;
  device::Buffer<float> velocity_;  // empty without momentum correction
};

}  // namespace laconic::comm
