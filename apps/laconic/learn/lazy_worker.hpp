// A logical worker of a method that aggregates lazily: what it keeps between steps. A rank hosts
// several, and results do not depend on how many. So its state is keyed.
#pragma once

#include "apps/laconic/learn/batch_sums.hpp"
#include "comm/gradient/lazy_sum.hpp"
#include "framework/device/buffer.hpp"
#include "framework/device/state.hpp"
#include "framework/graph/graph.hpp"

namespace laconic {

struct LazyWorker {
  using Flag = comm::LazySum::Flag;

  LazyWorker(const graph::Graph& network, int of_number);

  void visit_state(StateList& list, const graph::Graph& network);
  // Allocates. Untrained state that was not read from a checkpoint starts as `initial`.
  void allocate(std::span<const float> initial);
  // Take note that the worker sends a message in this step, whose parameters are given, or none.
  Flag upload(std::span<const float> parameters);
  Flag skip();
  // Takes note of a step that is not finite. It is one that the worker skips, unless there were more
  // than `most` in a row.
  Flag leave_out(int64_t most);

  int number;
  device::Buffer<float> residual;  // what no message has carried yet
  device::Buffer<float> uploaded;  // the parameters at the last upload
  device::Buffer<float> state;     // untrained, of the network
  int64_t staleness = 0;           // steps since the last upload; 0: there was none
  int64_t left_out = 0;            // steps in a row that were not finite
  BatchSums sums;                  // of the step under way
};

}  // namespace laconic
