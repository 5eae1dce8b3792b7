// Everything about a network that can be decided before it runs: which implementation each node
// uses and why, and where each value and each cotangent lives. One arena a network; a slot is
// `width x max_rows` elements, so offsets are counted in columns and scale with the largest batch.
// Lifetimes come from what the operators say their backward reads; slots of dead values are reused,
// and elementwise nodes overwrite their input where nobody reads it again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/graph/graph.hpp"

namespace laconic::graph {

struct PlanOptions {
  bool training = true;           // false: forward only, values die after their last reader
  bool input_cotangents = false;  // d/d(dense inputs) too
  bool repeatable = false;     // backward may run again at the same recorded point (costs memory)
  std::string implementation;  // only this one ("ref"), or empty: the first that accepts
};

struct Slot {
  int64_t column = -1;  // offset in columns; -1: no slot
  int64_t width = 0;
};

template <class T>
struct NodePlan {
  std::unique_ptr<ops::Kernel<T>> kernel;
  std::string implementation;
  std::vector<std::string> refusals;
  bool in_place = false;
  int64_t saved_column = 0;  // offset of Frame::saved, in elements a row
  int64_t saved_per_row = 0;
};

template <class T>
struct Plan {
  std::vector<NodePlan<T>> nodes;
  std::vector<Slot> values;      // by ValueId; inputs have none
  std::vector<Slot> cotangents;  // by ValueId
  int64_t columns = 0;           // of the arena
  int64_t saved_columns = 0;
  // Activation memory for a largest batch of this many rows.
  int64_t arena_bytes(int64_t max_rows) const {
    return (columns + saved_columns) * max_rows * static_cast<int64_t>(sizeof(T));
  }
};

template <class T>
Plan<T> make_plan(const Graph& graph, const Context& context, const PlanOptions& options);

}  // namespace laconic::graph
