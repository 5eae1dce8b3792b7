// Finds which values share memory, which backward reads, and which cotangents are of use. It knows
// no sizes.
//
// An elementwise node overwrites its input if nothing reads the input later. A view has the memory
// of its input, and its cotangent, too, unless the caller writes or owns that.
#pragma once

#include <vector>

#include "framework/graph/layout.hpp"

namespace laconic::graph {

class Sharing {
 public:
  // `needs`: by node.
  // Lifetime: all arguments must outlive this object.
  Sharing(const Graph& graph, const std::vector<ops::BackwardNeeds>& needs,
          const LayoutOptions& options);

  std::vector<std::vector<int64_t>> readers;  // by value: nodes, ascending
  std::vector<ValueId> value_owner;           // by value: the first of those that share its memory
  std::vector<ValueId> cotangent_owner;       // likewise
  std::vector<uint8_t> has_cotangent;         // by value
  std::vector<uint8_t> in_place, is_view;     // by node

  // Returns whether some backward reads this value.
  bool is_kept(ValueId v) const;

 private:
  void share_values();
  bool may_overwrite(int64_t node) const;
  void find_cotangents();
  void share_cotangents();

  const Graph& graph_;
  const std::vector<ops::BackwardNeeds>& needs_;
  const LayoutOptions& options_;
  int64_t n_;
  std::vector<std::vector<ValueId>> members_;  // by owner of values
};

}  // namespace laconic::graph
