#include "framework/graph/sharing.hpp"

#include <algorithm>

namespace laconic::graph {

Sharing::Sharing(const Graph& graph, const std::vector<ops::BackwardNeeds>& needs,
                 const LayoutOptions& options)
    : graph_(graph), needs_(needs), options_(options), n_(std::ssize(graph.nodes)) {
  readers.resize(graph.values.size());
  for (int64_t i = 0; i < n_; ++i)
    for (const ValueId v : graph.nodes[i].inputs) readers[v].push_back(i);
  share_values();
  find_cotangents();
  share_cotangents();
}

void Sharing::share_values() {
  const size_t count = graph_.values.size();
  value_owner.resize(count);
  members_.resize(count);
  is_view.assign(graph_.nodes.size(), 0);
  in_place.assign(graph_.nodes.size(), 0);
  for (size_t v = 0; v < count; ++v) {
    const auto id = static_cast<ValueId>(v);
    value_owner[v] = id;
    const int64_t i = graph_.node_of(id);
    if (i >= 0 && needs_[i].view) {
      is_view[i] = 1;
      value_owner[v] = value_owner[graph_.nodes[i].inputs[0]];
    }
    members_[value_owner[v]].push_back(id);
  }
  // Views are known first, since a value may not be overwritten while a view of it is read.
  for (int64_t i = 0; i < n_; ++i) {
    const Node& node = graph_.nodes[i];
    if (!may_overwrite(i)) continue;
    in_place[i] = 1;
    const ValueId from = value_owner[node.outputs[0]], to = value_owner[node.inputs[0]];
    for (const ValueId v : members_[from]) value_owner[v] = to;
    members_[to].insert(members_[to].end(), members_[from].begin(), members_[from].end());
    members_[from].clear();
  }
}

// Returns whether node i may overwrite its first input. The node must be elementwise, the input
// neither an input nor an output of the graph, and no later node and no backward may read it.
bool Sharing::may_overwrite(int64_t i) const {
  const Node& node = graph_.nodes[i];
  if (!needs_[i].in_place || node.inputs.empty() || node.outputs.size() != 1) return false;
  const ValueId owner = value_owner[node.inputs[0]];
  if (graph_.is_input(owner)) return false;
  int64_t reads = 0;
  for (const ValueId v : members_[owner]) {
    if (graph_.is_output(v) || is_kept(v)) return false;
    for (const int64_t r : readers[v]) {
      if (r > i) return false;
      reads += r == i;
    }
  }
  return reads == 1;
}

bool Sharing::is_kept(ValueId v) const {
  if (!options_.training) return false;
  if (!graph_.is_input(v) && needs_[graph_.node_of(v)].output) return true;
  return std::any_of(readers[v].begin(), readers[v].end(),
                     [&](int64_t r) { return needs_[r].inputs; });
}

// Finds the values whose cotangent is of use: from an output of the graph it leads to parameters
// or to an input.
void Sharing::find_cotangents() {
  const size_t count = graph_.values.size();
  has_cotangent.assign(count, 0);
  if (!options_.training) return;
  std::vector<uint8_t> leads(count, 0), arrives(count, 0);
  for (size_t v = 0; v < count; ++v) {
    const auto id = static_cast<ValueId>(v);
    const int64_t i = graph_.node_of(id);
    if (i < 0) {
      leads[v] = options_.input_cotangents && !graph_.values[v].spec.sparse;
      continue;
    }
    const Node& node = graph_.nodes[i];
    leads[v] =
        !needs_[i].stops_gradient &&
        (!node.parameters.empty() || std::any_of(node.inputs.begin(), node.inputs.end(),
                                                 [&](ValueId input) { return leads[input] != 0; }));
  }
  for (const ValueId v : graph_.outputs) arrives[v] = 1;
  for (int64_t i = n_ - 1; i >= 0; --i) {
    const Node& node = graph_.nodes[i];
    if (needs_[i].stops_gradient || std::none_of(node.outputs.begin(), node.outputs.end(),
                                                 [&](ValueId v) { return arrives[v] != 0; }))
      continue;
    for (const ValueId v : node.inputs) arrives[v] = 1;
  }
  for (size_t v = 0; v < count; ++v)
    has_cotangent[v] = leads[v] && (arrives[v] || v < graph_.inputs.size());
  for (const ValueId v : graph_.outputs) has_cotangent[v] = 1;  // the caller writes it
}

// A view has the cotangent of its input, unless the caller writes both or owns that memory.
void Sharing::share_cotangents() {
  const size_t count = graph_.values.size();
  cotangent_owner.resize(count);
  std::vector<uint8_t> written_by_caller(count, 0);
  for (size_t v = 0; v < count; ++v) {
    const auto id = static_cast<ValueId>(v);
    ValueId& owner = cotangent_owner[v];
    owner = id;
    const int64_t i = graph_.node_of(id);
    const bool is_output = graph_.is_output(id);
    if (i >= 0 && needs_[i].view && !needs_[i].stops_gradient && has_cotangent[v]) {
      const ValueId input = graph_.nodes[i].inputs[0];
      const ValueId theirs = cotangent_owner[input];
      const bool is_free = !written_by_caller[theirs] && !graph_.is_input(theirs);
      if (has_cotangent[input] && (!is_output || is_free)) owner = theirs;
    }
    if (is_output) written_by_caller[owner] = 1;
  }
}

}  // namespace laconic::graph
