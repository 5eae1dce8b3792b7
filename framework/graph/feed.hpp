// What a network is fed with: the inputs of one batch, its aggregation operator and its targets.
// Views only; data/ owns the memory, the executor never copies it.
#pragma once

#include <vector>

#include "framework/ops/loss/loss.hpp"
#include "framework/ops/op.hpp"

namespace laconic::graph {

template <class T>
struct Feed {
  int64_t rows = 0;
  std::vector<ops::Input<T>> inputs;  // in the order of the graph's inputs
  ops::Neighbourhood<T> neighbourhood;
  ops::Targets targets;
  uint64_t step = 0;  // counter for dropout: unique for every (batch, rank)
};

}  // namespace laconic::graph
