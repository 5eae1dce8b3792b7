#include "framework/graph/full_graph.hpp"

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph {
namespace {

void check(const Graph& graph) {
  if (graph.outputs.size() != 1)
    fail(ExitCode::config, "a network with {} outputs cannot be run level by level, only with one",
         graph.outputs.size());
  for (const Node& node : graph.nodes) {
    const auto is_row = [](const ops::ValueSpec& spec) { return !spec.space.is_pixels(); };
    if (node.body || !std::all_of(node.spec.inputs.begin(), node.spec.inputs.end(), is_row) ||
        node.outputs.size() != 1 || !is_row(node.spec.outputs[0]))
      fail(ExitCode::config,
           "node '{}' ({}) cannot be run level by level: it must have rows alone, one output and "
           "no body",
           node.spec.name, node.spec.kind);
  }
}

// An aggregation reads every row of input 0; its other inputs, and all other nodes, are row-wise.
bool reads_all_rows(const Node& node, size_t input) {
  return node.spec.kind == "aggregate" && input == 0;
}

template <class T>
ops::Input<T> rows_of_input(const ops::Input<T>& input, int64_t first, int64_t count) {
  if (input.is_bits()) return {.bits = {input.bits.matrix.rows_from(first, count), {}}};
  if (!input.is_sparse()) return {.dense = input.dense.rows_from(first, count)};
  return {.sparse = {input.sparse.pattern.rows_from(first, count), input.sparse.values,
                     input.sparse.cols}};
}

template <class T>
void allocate(device::Buffer<T>& buffer, int64_t count) {
  buffer = device::Buffer<T>(count);
  buffer.allocate();
}

}  // namespace

template <class T>
FullGraph<T>::FullGraph(const Graph& graph, const Context& context, int64_t chunk_rows,
                        const std::string& implementation)
    : graph_(graph), chunk_rows_(chunk_rows) {
  check(graph);
  const size_t inputs = graph.inputs.size();
  values_.resize(graph.values.size());
  whole_.resize(values_.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    kernels_.push_back(ops::choose<T>(node.spec, context, implementation)
                           .implementation->make(node.spec, context));
    kernels_.back()->reserve(chunk_rows);
    const ops::BackwardNeeds needs = ops::find(node.spec.kind).needs(node.spec);
    saved_ =
        device::Buffer<T>(std::max(saved_.size(), needs.saved.elements({.items = chunk_rows})));
    scratch_ = device::Buffer<std::byte>(
        std::max(scratch_.size(), kernels_.back()->scratch(chunk_rows).forward));
    Placement& value = values_[inputs + i];
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      const bool opens_level = reads_all_rows(node, k) && !graph.is_input(node.inputs[k]);
      value.level = std::max(value.level, values_[node.inputs[k]].level + (opens_level ? 1 : 0));
    }
    levels_ = std::max(levels_, value.level + 1);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const ValueId v : graph.nodes[i].inputs) {
      const int64_t level = values_[inputs + i].level;
      if (graph.is_input(v) || level == values_[v].level) continue;
      values_[v].whole = true;
      values_[v].last_level = std::max(values_[v].last_level, level);
    }
  for (size_t v = inputs; v < values_.size(); ++v) {
    if (values_[v].whole) continue;
    values_[v].column = chunk_columns_;  // levels could share columns; a chunk is small
    chunk_columns_ += graph.width(static_cast<ValueId>(v));
  }
  chunk_ = device::Buffer<T>(chunk_columns_ * chunk_rows_);
}

template <class T>
int64_t FullGraph<T>::memory_bytes(int64_t nodes) const {
  int64_t most = 0;
  for (int64_t level = 0; level < levels_; ++level) {
    int64_t columns = 0;
    for (size_t v = graph_.inputs.size(); v < values_.size(); ++v)
      if (is_alive(v, level)) columns += graph_.width(static_cast<ValueId>(v));
    most = std::max(most, columns);
  }
  return (most * nodes + chunk_columns_ * chunk_rows_) * static_cast<int64_t>(sizeof(T)) +
         saved_.bytes() + scratch_.bytes();
}

template <class T>
MatrixView<T> FullGraph<T>::rows_of(ValueId v, int64_t first, int64_t count) {
  const int64_t width = graph_.width(v);
  if (values_[v].whole) return {whole_[v].span().data() + first * width, count, width};
  return {chunk_.span().data() + values_[v].column * chunk_rows_, count, width};
}

template <class T>
void FullGraph<T>::run_chunk(int64_t level, int64_t first, int64_t count, const Point<T>& point,
                             const Feed<T>& feed) {
  std::vector<ops::Input<T>> inputs;
  std::vector<ops::Extent> extents;
  const ops::Extent chunk{.items = count};
  std::vector<std::span<const T>> weights, state;
  ops::Neighbourhood<T> neighbourhood = feed.neighbourhood;
  neighbourhood.pattern = neighbourhood.pattern.indptr.empty()
                              ? CsrView{}
                              : neighbourhood.pattern.rows_from(first, count);
  neighbourhood.first_row = first;
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const ValueId output = graph_.nodes[i].outputs[0];
    if (values_[output].level != level) continue;
    const Node& node = graph_.nodes[i];
    inputs.clear();
    extents.clear();
    weights.clear();
    state.clear();
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      const ValueId v = node.inputs[k];
      const bool all = reads_all_rows(node, k);
      const int64_t from = all ? 0 : first, rows = all ? feed.rows : count;
      inputs.push_back(graph_.is_input(v) ? rows_of_input(feed.inputs[v], from, rows)
                                          : ops::Input<T>{.dense = rows_of(v, from, rows)});
      extents.push_back({.items = rows});
    }
    for (const int32_t p : node.parameters)
      weights.push_back(
          point.parameters.subspan(graph_.parameters[p].offset, graph_.parameters[p].size()));
    for (const int32_t s : node.states)
      state.push_back(point.state.subspan(graph_.states[s].offset, graph_.states[s].spec.count));
    ops::Frame<T> frame;
    frame.rows = count;
    frame.inputs = inputs;
    frame.output = rows_of(output, first, count);
    frame.outputs = {&frame.output, 1};
    frame.input_extents = extents;
    frame.output_extents = {&chunk, 1};
    frame.batch = count;
    frame.parameters = weights;
    frame.state.now = state;
    frame.saved = saved_;
    frame.scratch = scratch_;
    frame.neighbourhood = &neighbourhood;
    kernels_[i]->forward(frame);
  }
}

template <class T>
void FullGraph<T>::run(const Point<T>& point, const Feed<T>& feed,
                       const std::function<void(int64_t, MatrixView<const T>)>& consume) {
  LACONIC_CHECK(feed.inputs.size() == graph_.inputs.size());
  LACONIC_CHECK(std::ssize(point.state) == graph_.state_count);
  const ValueId output = graph_.output();
  chunk_.allocate();
  saved_.allocate();
  scratch_.allocate();
  for (int64_t level = 0; level < levels_; ++level) {
    for (size_t v = graph_.inputs.size(); v < values_.size(); ++v)
      if (values_[v].whole && values_[v].level == level)
        allocate(whole_[v], feed.rows * graph_.width(static_cast<ValueId>(v)));
    for (int64_t first = 0; first < feed.rows; first += chunk_rows_) {
      const int64_t count = std::min(chunk_rows_, feed.rows - first);
      run_chunk(level, first, count, point, feed);
      if (level == values_[output].level) consume(first, rows_of(output, first, count));
    }
    for (size_t v = graph_.inputs.size(); v < values_.size(); ++v)
      if (values_[v].whole && values_[v].last_level == level) whole_[v] = {};
  }
}

template class FullGraph<float>;
template class FullGraph<double>;

}  // namespace laconic::graph
