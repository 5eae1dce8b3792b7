// Places the values of a planned network in memory, for batches up to a largest size. Each operator
// declares what its backward reads; the lifetimes of values follow from it. Memory of dead values is
// reused. An elementwise node overwrites its input if nothing reads the input later. A view has the
// memory of its input.
//
// There are two memories. A recording has what must stay until backward: values that some backward
// reads, what kernels save, and the outputs. All else is scratch. With one recording at a time both
// are one memory, in which values, cotangents and kernels' scratch share bytes by lifetime.
#pragma once

#include <vector>

#include "framework/graph/plan.hpp"

namespace laconic::graph {

// How many recordings are alive at once.
enum class Recordings {
  one,   // backward runs once per forward, and overwrites what it no longer needs
  many,  // backward may run at each of them, any number of times, in any order
};

struct LayoutOptions {
  bool training = true;           // false: forward only; values die after their last use
  bool input_cotangents = false;  // d/d(dense inputs) may be wanted, too, in the caller's memory
  Recordings recordings = Recordings::one;
};

// A place in one of the two memories, or that of an input.
struct Slot {
  enum class Where { nowhere, recording, scratch, input };
  Where where = Where::nowhere;
  int64_t offset = 0;  // bytes; a multiple of 64
  ValueId input = -1;  // with Where::input: this input of the graph, or its cotangent
  explicit operator bool() const { return where != Where::nowhere; }
};

struct Layout {
  ops::Extents largest;
  std::vector<Slot> values;                             // by ValueId
  std::vector<Slot> cotangents;                         // by ValueId; none where no gradient passes
  std::vector<Slot> saved;                              // by node
  std::vector<Slot> forward_scratch, backward_scratch;  // by node
  std::vector<int64_t> forward_scratch_bytes, backward_scratch_bytes;
  std::vector<uint8_t> in_place;  // by node: it overwrites input 0
  std::vector<uint8_t> is_view;   // by node: its output has the memory of input 0
  // By ValueId: the first value of those that share the memory of its cotangent.
  std::vector<ValueId> cotangent_owner;

  int64_t recording_bytes = 0;
  int64_t scratch_bytes = 0;
  // Bytes of both that are in use between forward and backward; the others are workspace.
  int64_t activation_bytes = 0;
  int64_t bytes() const { return recording_bytes + scratch_bytes; }
};

// Kernels must have been reserved for `largest`.
template <class T>
Layout make_layout(const Graph& graph, const Plan<T>& plan, const LayoutOptions& options,
                   const ops::Extents& largest);

}  // namespace laconic::graph
