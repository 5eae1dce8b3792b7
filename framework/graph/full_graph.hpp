// Evaluates a graph network exactly on the whole graph, layer by layer, in bounded memory. Nodes
// are grouped into levels. An aggregation reads all rows of its input, so it starts a new level.
// Within a level each row is independent, so rows are processed in chunks. Only values that a later
// level reads are kept whole.
//
// The graph has one output, its values are rows, and no node has a body. Other graphs are refused:
// nothing is known about which rows such nodes read.
#pragma once

#include <functional>
#include <vector>

#include "framework/device/buffer.hpp"
#include "framework/graph/feed.hpp"
#include "framework/graph/plan.hpp"
#include "framework/graph/point.hpp"

namespace laconic::graph {

template <class T>
class FullGraph {
 public:
  // Error(config) names the node that does not fit.
  FullGraph(const Graph& graph, const Context& context, int64_t chunk_rows = 4096,
            const std::string& implementation = "");

  // Evaluates the network. feed.rows is the number of nodes; targets are not read. Calls
  // consume(first_row, output chunk) in row order. Allocates buffers for the whole graph and
  // releases them on return.
  void run(const Point<T>& point, const Feed<T>& feed,
           const std::function<void(int64_t, MatrixView<const T>)>& consume);

  int64_t levels() const { return levels_; }
  // Returns the peak of the bytes that run() allocates for a graph of `nodes` nodes.
  int64_t memory_bytes(int64_t nodes) const;

 private:
  struct Placement {
    int64_t level = 0;
    bool whole = false;      // a later level reads it
    int64_t last_level = 0;  // the last level that reads it
    int64_t column = 0;      // in the chunk arena, if not whole
  };
  void run_chunk(int64_t level, int64_t first, int64_t count, const Point<T>& point,
                 const Feed<T>& feed);
  bool is_alive(size_t value, int64_t level) const {
    const Placement& p = values_[value];
    return p.whole && p.level <= level && level <= p.last_level;
  }
  MatrixView<T> rows_of(ValueId v, int64_t first, int64_t count);

  const Graph& graph_;
  int64_t chunk_rows_;
  int64_t levels_ = 0;
  int64_t chunk_columns_ = 0;
  std::vector<std::unique_ptr<ops::Kernel<T>>> kernels_;
  std::vector<Placement> values_;
  std::vector<device::Buffer<T>> whole_;
  device::Buffer<T> chunk_, saved_;
  device::Buffer<std::byte> scratch_;
};

}  // namespace laconic::graph
