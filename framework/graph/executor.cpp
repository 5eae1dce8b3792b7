#include "framework/graph/executor.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic::graph {
namespace {
constexpr int64_t row_alignment = 16;  // slots start on cache lines
}

template <class T>
Executor<T>::Executor(const Graph& graph, const Context& context, int64_t max_rows,
                      const PlanOptions& options)
    : graph_(graph),
      plan_(make_plan<T>(graph, context, options)),
      max_rows_((std::max<int64_t>(max_rows, 1) + row_alignment - 1) / row_alignment *
                row_alignment) {
  arena_.resize(plan_.columns * max_rows_);
  saved_.resize(plan_.saved_columns * max_rows_);
  size_t most_inputs = 0, most_parameters = 0;
  for (const Node& node : graph.nodes) {
    most_inputs = std::max(most_inputs, node.inputs.size());
    most_parameters = std::max(most_parameters, node.parameters.size());
  }
  inputs_.resize(most_inputs);
  cotangents_.resize(most_inputs);
  accumulate_.resize(most_inputs);
  parameters_.resize(most_parameters);
  gradients_.resize(most_parameters);
  written_.resize(plan_.values.size());
}

template <class T>
MatrixView<T> Executor<T>::slot(const Slot& slot) {
  return {arena_.data() + slot.column * max_rows_, rows_, slot.width};
}

template <class T>
ops::Frame<T> Executor<T>::frame(int64_t i, std::span<const T> parameters, const Feed<T>& feed) {
  const Node& node = graph_.nodes[i];
  const NodePlan<T>& plan = plan_.nodes[i];
  for (size_t k = 0; k < node.inputs.size(); ++k) {
    const ValueId v = node.inputs[k];
    inputs_[k] =
        graph_.is_input(v) ? feed.inputs[v] : ops::Input<T>{.dense = slot(plan_.values[v])};
  }
  for (size_t k = 0; k < node.parameters.size(); ++k) {
    const Parameter& p = graph_.parameters[node.parameters[k]];
    parameters_[k] = parameters.subspan(p.offset, p.size());
  }
  ops::Frame<T> frame;
  frame.rows = rows_;
  frame.inputs = std::span<const ops::Input<T>>(inputs_).first(node.inputs.size());
  frame.output = slot(plan_.values[graph_.value_of_node(i)]);
  frame.parameters = std::span<const std::span<const T>>(parameters_).first(node.parameters.size());
  frame.saved =
      std::span<T>(saved_).subspan(plan.saved_column * max_rows_, plan.saved_per_row * rows_);
  frame.neighbourhood = &feed.neighbourhood;
  frame.training = training_;
  frame.step = feed.step;
  return frame;
}

template <class T>
MatrixView<T> Executor<T>::forward(std::span<const T> parameters, const Feed<T>& feed,
                                   bool training) {
  LACONIC_CHECK(feed.rows <= max_rows_, "{} rows, planned for {}", feed.rows, max_rows_);
  LACONIC_CHECK(feed.inputs.size() == graph_.inputs.size());
  LACONIC_CHECK(static_cast<int64_t>(parameters.size()) == graph_.parameter_count);
  rows_ = feed.rows;
  training_ = training;
  for (size_t i = 0; i < graph_.nodes.size(); ++i)
    plan_.nodes[i].kernel->forward(frame(static_cast<int64_t>(i), parameters, feed));
  return slot(plan_.values[graph_.output()]);
}

template <class T>
MatrixView<T> Executor<T>::output_cotangent() {
  return slot(plan_.cotangents[graph_.output()]);
}

template <class T>
void Executor<T>::backward(std::span<const T> parameters, const Feed<T>& feed,
                           std::span<T> gradients,
                           const std::function<void(int64_t, int64_t)>& on_final) {
  std::fill(written_.begin(), written_.end(), uint8_t{0});
  written_[graph_.output()] = 1;
  for (auto i = static_cast<int64_t>(graph_.nodes.size()) - 1; i >= 0; --i) {
    const Node& node = graph_.nodes[i];
    const ops::Frame<T> f = frame(i, parameters, feed);
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      const ValueId v = node.inputs[k];
      const Slot& s = plan_.cotangents[v];
      cotangents_[k] = s.column < 0 ? MatrixView<T>{} : slot(s);
      accumulate_[k] = written_[v];
      written_[v] = 1;
    }
    int64_t first = graph_.parameter_count, last = 0;
    for (size_t k = 0; k < node.parameters.size(); ++k) {
      const Parameter& p = graph_.parameters[node.parameters[k]];
      gradients_[k] = gradients.empty() ? std::span<T>{} : gradients.subspan(p.offset, p.size());
      first = std::min(first, p.offset);
      last = std::max(last, p.offset + p.size());
    }
    ops::Cotangents<T> g;
    g.output = slot(plan_.cotangents[graph_.value_of_node(i)]);
    g.inputs = std::span<const MatrixView<T>>(cotangents_).first(node.inputs.size());
    g.accumulate = std::span<const uint8_t>(accumulate_).first(node.inputs.size());
    g.parameters = std::span<const std::span<T>>(gradients_).first(node.parameters.size());
    plan_.nodes[i].kernel->backward(f, g);
    if (on_final && !gradients.empty() && first < last) on_final(first, last);
  }
}

template <class T>
MatrixView<T> Executor<T>::input_cotangent(int64_t input) {
  const Slot& s = plan_.cotangents[input];
  LACONIC_CHECK(s.column >= 0, "planned without input_cotangents");
  return slot(s);
}

template class Executor<float>;
template class Executor<double>;

}  // namespace laconic::graph
