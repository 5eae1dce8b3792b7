// Chooses the kernel of each node. A plan does not depend on the sizes of batches: layout.hpp places
// the values in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/graph/graph.hpp"

namespace laconic::graph {

template <class T>
struct NodePlan {
  std::unique_ptr<ops::Kernel<T>> kernel;
  std::string implementation;         // "body" for a composite node
  std::vector<std::string> refusals;  // of the implementations before it
  ops::BackwardNeeds needs;
};

template <class T>
struct Plan {
  std::vector<NodePlan<T>> nodes;

  void reserve(const ops::Extents& largest) const {
    for (const NodePlan<T>& node : nodes) node.kernel->reserve(largest);
  }
  // Returns the bytes of the kernels' own memory, after reserve().
  int64_t kernel_bytes(bool with_backward) const {
    int64_t bytes = 0;
    for (const NodePlan<T>& node : nodes) bytes += node.kernel->memory_bytes(with_backward);
    return bytes;
  }
};

// `implementation`: the only one to use ("ref"); empty: the first that accepts a node.
template <class T>
Plan<T> make_plan(const Graph& graph, const Context& context,
                  const std::string& implementation = "");

}  // namespace laconic::graph
