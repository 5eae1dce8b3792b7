// What every allreduce is: an object that sums a bucket of gradients over the ranks of a
// communicator. An object belongs to one Exchange and keeps what its method needs from step to step
// (scratch; thresholds and regions of sparse methods), so there is one object a rank and nothing
// global. comm/list.hpp names them all.
#pragma once

#include <cstdint>
#include <span>

#include "comm/communicator.hpp"

namespace laconic::comm {

class Allreduce {
 public:
  virtual ~Allreduce() = default;

  // Replaces `values` by their sum over all ranks, the same bits on all of them. Collective: same
  // length and bucket everywhere. `bucket` counts the sums of one round from 0; it names the same
  // part of the gradient in every round and is the key of a method's state. Allocates only when it
  // meets a bucket larger than any before.
  virtual void sum(Communicator& communicator, std::span<float> values, int64_t bucket) = 0;
};

}  // namespace laconic::comm
