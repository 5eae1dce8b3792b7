// Runs the nodes of a planned network in memory of the caller. forward() and backward() allocate
// nothing, except what kernels make for an image size that they meet for the first time.
//
// Ownership: owns the kernels and the views for one node.
// Lifetime: the graph must outlive the runner.
// Thread safety: not thread-safe. It uses several threads itself.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "framework/graph/layout.hpp"

namespace laconic::graph {

// What a network is run on.
template <class T>
struct Call {
  std::span<const std::span<const T>> parameters;  // by index
  std::span<const ops::Input<T>> inputs;           // in the order of the graph's inputs
  const ops::Neighbourhood<T>* neighbourhood = nullptr;
  ops::Extents batch;
  ops::StateViews<T> state = {};  // by index
  bool training = false;
  uint64_t step = 0;
};

// The two memories of a layout.
struct Memory {
  std::byte* recording = nullptr;
  std::byte* scratch = nullptr;
};

template <class T>
class Runner {
 public:
  Runner(const Graph& graph, const Context& context, const std::string& implementation);

  const Graph& graph() const { return graph_; }
  const Plan<T>& plan() const { return plan_; }

  // Checks the inputs; Error(config) if they do not fit. Values are in `memory` afterwards.
  void forward(const Layout& layout, const Call<T>& call, Memory memory);

  // Where backward writes. Empty or null data: not wanted.
  struct Gradients {
    std::span<const std::span<T>> parameters;  // by index; it adds to them
    std::span<const MatrixView<T>> inputs;     // by input, or empty; without gaps between rows
    std::span<const uint8_t> accumulate;       // by input: 1 = add to it
  };
  // Computes gradients from the cotangents of the outputs, which the caller has written. Nodes that
  // lead to nothing wanted are left out. Calls on_node(i) after each node.
  void backward(const Layout& layout, const Call<T>& call, Memory memory,
                const Gradients& gradients, const std::function<void(int64_t)>& on_node);

  // Return null data if there is no such value or cotangent.
  MatrixView<const T> value(const Layout& layout, const Call<T>& call, Memory memory,
                            ValueId v) const;
  MatrixView<T> output_cotangent(const Layout& layout, const ops::Extents& batch, Memory memory,
                                 size_t k) const;

 private:
  static std::byte* at(const Slot& slot, Memory memory);
  MatrixView<T> view(const Slot& slot, const ops::Extents& batch, Memory memory, ValueId v) const;
  void check(const Call<T>& call) const;
  ops::Frame<T> frame(const Layout& layout, const Call<T>& call, Memory memory, int64_t node,
                      bool forward);
  MatrixView<T> cotangent(const Layout& layout, const Call<T>& call, Memory memory,
                          const Gradients& gradients, ValueId v) const;
  void find_wanted(const Gradients& gradients);

  const Graph& graph_;
  Plan<T> plan_;
  // The memory for the frame of one node is sized at construction.
  std::vector<ops::Input<T>> inputs_;
  std::vector<MatrixView<T>> outputs_;
  std::vector<ops::Extent> input_extents_, output_extents_;
  std::vector<std::span<const T>> parameters_;
  std::vector<std::span<T>> gradients_;
  std::vector<std::span<const T>> state_;
  std::vector<std::span<T>> next_state_;
  std::vector<MatrixView<T>> input_cotangents_;
  std::vector<MatrixView<const T>> output_cotangents_;
  std::vector<uint8_t> accumulate_;
  std::vector<uint8_t> leads_;    // per value: its cotangent leads to something wanted
  std::vector<uint8_t> written_;  // per owner of a cotangent: it was written
};

}  // namespace laconic::graph
