// Runs a network on batches. forward() and backward() allocate nothing (see runner.hpp). Parameters
// and gradients are flat buffers of the caller, so any method can use it as an oracle.
//
// The kernels are chosen once. The memory is sized for the largest batch; reserve() lets it grow. A
// recording is one evaluated point: what backward needs of it. The executor owns one recording, and
// with Recordings::many the caller may have others, each of which backward may start from at any
// time.
//
// Ownership: owns the scratch memory and its own recording.
// Thread safety: not thread-safe. It uses several threads itself.
#pragma once

#include <functional>
#include <vector>

#include "framework/device/buffer.hpp"
#include "framework/graph/feed.hpp"
#include "framework/graph/point.hpp"
#include "framework/graph/runner.hpp"

namespace laconic::graph {

struct PlanOptions {
  bool training = true;  // these three: see LayoutOptions
  bool input_cotangents = false;
  Recordings recordings = Recordings::one;
  std::string implementation = {};  // the only one to use ("ref"); empty: the first that accepts

  LayoutOptions layout() const { return {training, input_cotangents, recordings}; }
};

// The memory of one evaluated point. Executor::forward() allocates it when it is first used.
class Recording {
 public:
  const ops::Extents& batch() const { return batch_; }
  int64_t bytes() const { return memory_.bytes(); }

 private:
  template <class T>
  friend class Executor;
  device::Buffer<std::byte> memory_;
  ops::Extents batch_;
  bool training_ = false;
  int64_t layout_ = -1;  // number of the layout that it was recorded in
};

// What backward computes, by flags. No parameter flags: all parameters. No input flags: no inputs.
struct Wanted {
  std::span<const uint8_t> parameters = {};  // by index in Graph::parameters
  std::span<const uint8_t> inputs = {};
};

template <class T>
class Executor {
 public:
  using OnFinal = std::function<void(int64_t begin, int64_t end)>;

  // Lifetime: `graph` must outlive the executor.
  Executor(const Graph& graph, const Context& context, const ops::Extents& largest,
           const PlanOptions& options = {});

  // Makes memory for batches up to `largest`, too. Recordings made before are lost if it grows.
  void reserve(const ops::Extents& largest);

  // Computes the outputs at `point` and records it for backward(). The batch must fit into the
  // memory. `training` switches dropout on, and the state is updated. Returns output 0.
  MatrixView<T> forward(const Point<T>& point, const Feed<T>& feed, bool training) {
    return forward(point, feed, training, own_);
  }
  MatrixView<T> forward(const Point<T>& point, const Feed<T>& feed, bool training,
                        Recording& recording);

  // Returns output k of the network, after forward() and before backward(); with Recordings::many
  // as long as the recording exists.
  MatrixView<T> output(int64_t k = 0) { return output(k, own_); }
  MatrixView<T> output(int64_t k, Recording& recording);

  // Returns the cotangent of output k. The caller fills all of them before each backward(). All
  // recordings share this memory.
  MatrixView<T> output_cotangent(int64_t k = 0) { return output_cotangent(k, own_); }
  MatrixView<T> output_cotangent(int64_t k, Recording& recording);

  // Adds d/d(parameters) at the recorded point to `gradients`. If this span is empty, they are not
  // computed. `feed` and `point` must be those of forward(); no state is written. Calls
  // on_final(begin, end) for each sub-span of `gradients` as soon as it is final, in ascending
  // order.
  void backward(const Point<T>& point, const Feed<T>& feed, std::span<T> gradients,
                const OnFinal& on_final = {}, const Wanted& wanted = {}) {
    backward(point, feed, gradients, on_final, wanted, own_);
  }
  void backward(const Point<T>& point, const Feed<T>& feed, std::span<T> gradients,
                const OnFinal& on_final, const Wanted& wanted, Recording& recording);

  // Returns d/d(input) after a backward() for which it was wanted.
  MatrixView<T> input_cotangent(int64_t input) { return input_cotangent(input, own_); }
  MatrixView<T> input_cotangent(int64_t input, Recording& recording);

  const Plan<T>& plan() const { return runner_.plan(); }
  const Layout& layout() const { return layout_; }
  const Graph& graph() const { return runner_.graph(); }

 private:
  Memory memory(Recording& recording) const;
  void check_recorded(const Recording& recording) const;
  Call<T> call(const Point<T>& point, const Feed<T>& feed, bool training, bool writes_state);

  LayoutOptions options_;
  Runner<T> runner_;
  Layout layout_;
  int64_t layouts_ = 0;  // made so far
  device::Buffer<std::byte> scratch_;
  Recording own_;
  std::vector<std::span<const T>> parameters_;  // by index
  std::vector<std::span<T>> gradients_;
  std::vector<std::span<const T>> state_;
  std::vector<std::span<T>> next_state_;
  std::vector<device::Buffer<T>> input_cotangents_;  // empty where they cannot be wanted
  std::vector<MatrixView<T>> wanted_inputs_;
};

// Bytes of memory for a network without parameters: what an Executor for `largest` allocates.
struct NetworkMemory {
  int64_t activations = 0;  // used from forward to backward
  int64_t workspace = 0;    // the rest of the executor's memory
  int64_t kernels = 0;      // the kernels' own
};
NetworkMemory memory_of(const Graph& graph, const Context& context, const ops::Extents& largest,
                        const PlanOptions& options = {});

}  // namespace laconic::graph
