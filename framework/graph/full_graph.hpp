// Exact evaluation of a graph network on the whole graph, layer by layer, in bounded memory. The
// nodes are cut into levels: an aggregation reads all rows of its input, so it opens a new level;
// within a level everything is row-wise and streams over chunks of rows. Only values that a later
// level reads are kept whole.
#pragma once

#include <functional>
#include <vector>

#include "framework/graph/feed.hpp"
#include "framework/graph/plan.hpp"

namespace laconic::graph {

template <class T>
class FullGraph {
 public:
  FullGraph(const Graph& graph, const Context& context, int64_t chunk_rows = 4096,
            const std::string& implementation = "");

  // feed.rows = nodes of the graph; targets are not read. consume(first_row, output chunk) is
  // called in row order. Whole-graph buffers are allocated here and released on return.
  void run(std::span<const T> parameters, const Feed<T>& feed,
           const std::function<void(int64_t, MatrixView<const T>)>& consume);

  int64_t levels() const { return levels_; }
  // The largest sum of whole values alive at a time, in bytes for this many rows.
  int64_t whole_bytes(int64_t rows) const;

 private:
  struct Placement {
    int64_t level = 0;
    bool whole = false;      // a later level reads it
    int64_t last_level = 0;  // the last that does
    int64_t column = 0;      // in the chunk arena, when not whole
  };
  void run_chunk(int64_t level, int64_t first, int64_t count, std::span<const T> parameters,
                 const Feed<T>& feed);
  MatrixView<T> rows_of(ValueId v, int64_t first, int64_t count);

  const Graph& graph_;
  int64_t chunk_rows_;
  int64_t levels_ = 0;
  int64_t chunk_columns_ = 0;
  std::vector<std::unique_ptr<ops::Kernel<T>>> kernels_;
  std::vector<Placement> values_;
  std::vector<std::vector<T>> whole_;
  std::vector<T> chunk_, saved_;
};

}  // namespace laconic::graph
