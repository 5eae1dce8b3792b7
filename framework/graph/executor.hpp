// Runs a planned network on batches. Owns the arena (sized once, for the largest batch) and nothing
// else: the parameters and gradients are the caller's flat buffers, so the same executor is an
// oracle for any method. Not thread-safe; parallel inside. forward() and backward() allocate
// nothing.
#pragma once

#include <functional>
#include <vector>

#include "framework/graph/feed.hpp"
#include "framework/graph/plan.hpp"

namespace laconic::graph {

template <class T>
class Executor {
 public:
  // `graph` must outlive the executor.
  Executor(const Graph& graph, const Context& context, int64_t max_rows,
           const PlanOptions& options = {});

  // Computes the output (feed.rows x width) at `parameters` and records the point. feed.rows <=
  // max_rows. `training` switches dropout on.
  MatrixView<T> forward(std::span<const T> parameters, const Feed<T>& feed, bool training);

  // The cotangent of the output, to be filled by the loss before backward().
  MatrixView<T> output_cotangent();

  // Adds d/d(parameters) to `gradients` (empty: not wanted) at the recorded point; feed and
  // parameters as in forward(). on_final(begin, end) is told each sub-span of `gradients` as soon
  // as it is final.
  void backward(std::span<const T> parameters, const Feed<T>& feed, std::span<T> gradients,
                const std::function<void(int64_t, int64_t)>& on_final = {});

  // After backward() of a plan with input_cotangents.
  MatrixView<T> input_cotangent(int64_t input);

  const Plan<T>& plan() const { return plan_; }
  const Graph& graph() const { return graph_; }
  int64_t arena_bytes() const {
    return static_cast<int64_t>((arena_.size() + saved_.size()) * sizeof(T));
  }

 private:
  MatrixView<T> slot(const Slot& slot);
  ops::Frame<T> frame(int64_t node, std::span<const T> parameters, const Feed<T>& feed);

  const Graph& graph_;
  Plan<T> plan_;
  int64_t max_rows_;
  int64_t rows_ = 0;
  bool training_ = false;
  std::vector<T> arena_, saved_;
  // Scratch for one node's frame, sized at construction.
  std::vector<ops::Input<T>> inputs_;
  std::vector<std::span<const T>> parameters_;
  std::vector<std::span<T>> gradients_;
  std::vector<MatrixView<T>> cotangents_;
  std::vector<uint8_t> accumulate_;
  std::vector<uint8_t> written_;  // per value: its cotangent holds something
};

}  // namespace laconic::graph
