// The input of a network: the inputs of one batch, its aggregation operator and its targets.
//
// Ownership: these are views. The batch (data/batches.hpp) owns the memory, and the executor never
// copies it.
#pragma once

#include <vector>

#include "framework/ops/loss/loss.hpp"
#include "framework/ops/op.hpp"

namespace laconic::graph {

template <class T>
struct Feed {
  int64_t rows = 0;
  int64_t height = 0, width = 0;      // of the images in pixels; 0 without images
  std::vector<ops::Input<T>> inputs;  // in the order of the graph's inputs
  ops::Neighbourhood<T> neighbourhood;
  ops::Targets targets;
  uint64_t step = 0;  // counter for dropout; differs for every (batch, rank)

  ops::Extents extents() const { return {rows, height, width}; }
};

}  // namespace laconic::graph
