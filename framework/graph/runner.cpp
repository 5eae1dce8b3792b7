#include "framework/graph/runner.hpp"

#include <algorithm>

#include "framework/base/error.hpp"

namespace laconic::graph {

template <class T>
Runner<T>::Runner(const Graph& graph, const Context& context, const std::string& implementation)
    : graph_(graph), plan_(make_plan<T>(graph, context, implementation)) {
  size_t inputs = 0, outputs = 0, parameters = 0, states = 0;
  for (const Node& node : graph.nodes) {
    inputs = std::max(inputs, node.inputs.size());
    outputs = std::max(outputs, node.outputs.size());
    parameters = std::max(parameters, node.parameters.size());
    states = std::max(states, node.states.size());
  }
  inputs_.resize(inputs);
  input_extents_.resize(inputs);
  input_cotangents_.resize(inputs);
  accumulate_.resize(inputs);
  outputs_.resize(outputs);
  output_extents_.resize(outputs);
  output_cotangents_.resize(outputs);
  parameters_.resize(parameters);
  gradients_.resize(parameters);
  state_.resize(states);
  next_state_.resize(states);
  leads_.resize(graph.values.size());
  written_.resize(graph.values.size());
}

template <class T>
std::byte* Runner<T>::at(const Slot& slot, Memory memory) {
  switch (slot.where) {
    case Slot::Where::recording:
      return memory.recording + slot.offset;
    case Slot::Where::scratch:
      return memory.scratch + slot.offset;
    default:
      return nullptr;
  }
}

template <class T>
MatrixView<T> Runner<T>::view(const Slot& slot, const ops::Extents& batch, Memory memory,
                              ValueId v) const {
  const ops::ValueSpec& spec = graph_.values[v].spec;
  auto* data = reinterpret_cast<T*>(at(slot, memory));
  if (data == nullptr) return {};
  return {data, spec.space.extent(batch).rows(), spec.width};
}

template <class T>
MatrixView<const T> Runner<T>::value(const Layout& layout, const Call<T>& call, Memory memory,
                                     ValueId v) const {
  const Slot& slot = layout.values[v];
  if (slot.where == Slot::Where::input) {
    const ops::ValueSpec& spec = graph_.values[v].spec;
    return {call.inputs[slot.input].dense.data, spec.space.extent(call.batch).rows(), spec.width};
  }
  return view(slot, call.batch, memory, v);
}

template <class T>
MatrixView<T> Runner<T>::output_cotangent(const Layout& layout, const ops::Extents& batch,
                                          Memory memory, size_t k) const {
  const ValueId v = graph_.outputs.at(k);
  return view(layout.cotangents[v], batch, memory, v);
}

template <class T>
MatrixView<T> Runner<T>::cotangent(const Layout& layout, const Call<T>& call, Memory memory,
                                   const Gradients& gradients, ValueId v) const {
  const Slot& slot = layout.cotangents[v];
  if (slot.where != Slot::Where::input) return view(slot, call.batch, memory, v);
  const ops::ValueSpec& spec = graph_.values[v].spec;
  return {gradients.inputs[slot.input].data, spec.space.extent(call.batch).rows(), spec.width};
}

// Dense inputs of pixels, and inputs of which there is a view, have no gaps between rows.
template <class T>
void Runner<T>::check(const Call<T>& call) const {
  LACONIC_CHECK(call.inputs.size() == graph_.inputs.size(), "{} inputs, the network has {}",
                call.inputs.size(), graph_.inputs.size());
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    const auto& [name, spec] = graph_.inputs[i];
    const MatrixView<const T>& x = call.inputs[i].dense;
    if (!x) continue;
    const int64_t rows = spec.space.extent(call.batch).rows();
    LACONIC_CHECK(x.rows == rows && x.cols == spec.width,
                  "input {}: {} x {} values, {} x {} are expected", name, x.rows, x.cols, rows,
                  spec.width);
    LACONIC_CHECK(!spec.space.is_pixels() || x.stride == x.cols,
                  "input {}: there are gaps between its pixels", name);
  }
}

template <class T>
ops::Frame<T> Runner<T>::frame(const Layout& layout, const Call<T>& call, Memory memory, int64_t i,
                               bool forward) {
  const Node& node = graph_.nodes[i];
  for (size_t k = 0; k < node.inputs.size(); ++k) {
    const ValueId v = node.inputs[k];
    inputs_[k] = graph_.is_input(v) ? call.inputs[v]
                                    : ops::Input<T>{.dense = value(layout, call, memory, v)};
    input_extents_[k] = node.spec.inputs[k].space.extent(call.batch);
  }
  for (size_t k = 0; k < node.outputs.size(); ++k) {
    const MatrixView<const T> y = value(layout, call, memory, node.outputs[k]);
    outputs_[k] = {const_cast<T*>(y.data), y.rows, y.cols};  // a view of an input is not written
    output_extents_[k] = node.spec.outputs[k].space.extent(call.batch);
  }
  for (size_t k = 0; k < node.parameters.size(); ++k)
    parameters_[k] = call.parameters[node.parameters[k]];
  ops::Frame<T> frame;
  frame.rows = outputs_[0].rows;
  frame.inputs = std::span<const ops::Input<T>>(inputs_).first(node.inputs.size());
  frame.input_extents = std::span<const ops::Extent>(input_extents_).first(node.inputs.size());
  frame.output = outputs_[0];
  frame.outputs = std::span<const MatrixView<T>>(outputs_).first(node.outputs.size());
  frame.output_extents = std::span<const ops::Extent>(output_extents_).first(node.outputs.size());
  frame.parameters = std::span<const std::span<const T>>(parameters_).first(node.parameters.size());
  if (std::byte* saved = at(layout.saved[i], memory))
    frame.saved = {reinterpret_cast<T*>(saved),
                   static_cast<size_t>(plan_.nodes[i].needs.saved.elements(output_extents_[0]))};
  const Slot& lent = forward ? layout.forward_scratch[i] : layout.backward_scratch[i];
  if (std::byte* scratch = at(lent, memory))
    frame.scratch = {scratch, static_cast<size_t>(forward ? layout.forward_scratch_bytes[i]
                                                          : layout.backward_scratch_bytes[i])};
  for (size_t k = 0; k < node.states.size(); ++k) {
    state_[k] = call.state.now[node.states[k]];
    if (!call.state.next.empty()) next_state_[k] = call.state.next[node.states[k]];
  }
  frame.state.now = std::span<const std::span<const T>>(state_).first(node.states.size());
  if (!call.state.next.empty())
    frame.state.next = std::span<const std::span<T>>(next_state_).first(node.states.size());
  frame.state.batches = call.state.batches;
  frame.neighbourhood = call.neighbourhood;
  frame.batch = call.batch;
  frame.training = call.training;
  frame.step = call.step;
  return frame;
}

template <class T>
void Runner<T>::forward(const Layout& layout, const Call<T>& call, Memory memory) {
  LACONIC_CHECK(call.batch.fits(layout.largest), "{} rows of {} x {}, memory is for {} of {} x {}",
                call.batch.rows, call.batch.height, call.batch.width, layout.largest.rows,
                layout.largest.height, layout.largest.width);
  check(call);
  for (int64_t i = 0; i < std::ssize(graph_.nodes); ++i)
    plan_.nodes[i].kernel->forward(frame(layout, call, memory, i, true));
}

template <class T>
void Runner<T>::find_wanted(const Gradients& gradients) {
  for (size_t v = 0; v < graph_.inputs.size(); ++v)
    leads_[v] = !gradients.inputs.empty() && gradients.inputs[v];
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    bool any = false;
    for (const int32_t p : node.parameters) any |= !gradients.parameters[p].empty();
    for (const ValueId v : node.inputs) any |= leads_[v] != 0;
    for (const ValueId v : node.outputs) leads_[v] = any && !plan_.nodes[i].needs.stops_gradient;
  }
}

template <class T>
void Runner<T>::backward(const Layout& layout, const Call<T>& call, Memory memory,
                         const Gradients& gradients, const std::function<void(int64_t)>& on_node) {
  find_wanted(gradients);
  std::fill(written_.begin(), written_.end(), uint8_t{0});
  for (size_t v = 0; v < gradients.accumulate.size(); ++v) written_[v] = gradients.accumulate[v];
  for (const ValueId v : graph_.outputs) written_[layout.cotangent_owner[v]] = 1;
  for (int64_t i = std::ssize(graph_.nodes) - 1; i >= 0; --i) {
    const Node& node = graph_.nodes[i];
    bool any = false;
    for (size_t k = 0; k < node.outputs.size(); ++k) {
      const ValueId v = node.outputs[k];
      output_cotangents_[k] = leads_[v] && written_[layout.cotangent_owner[v]]
                                  ? cotangent(layout, call, memory, gradients, v)
                                  : MatrixView<T>{};
      any |= static_cast<bool>(output_cotangents_[k]);
    }
    if (any) {
      for (size_t k = 0; k < node.inputs.size(); ++k) {
        const ValueId v = node.inputs[k];
        input_cotangents_[k] =
            leads_[v] ? cotangent(layout, call, memory, gradients, v) : MatrixView<T>{};
        accumulate_[k] = written_[layout.cotangent_owner[v]];
        if (leads_[v]) written_[layout.cotangent_owner[v]] = 1;
      }
      for (size_t k = 0; k < node.parameters.size(); ++k)
        gradients_[k] = gradients.parameters[node.parameters[k]];
      ops::Cotangents<T> g;
      g.output = output_cotangents_[0];
      g.outputs =
          std::span<const MatrixView<const T>>(output_cotangents_).first(node.outputs.size());
      g.inputs = std::span<const MatrixView<T>>(input_cotangents_).first(node.inputs.size());
      g.accumulate = std::span<const uint8_t>(accumulate_).first(node.inputs.size());
      g.parameters = std::span<const std::span<T>>(gradients_).first(node.parameters.size());
      plan_.nodes[i].kernel->backward(frame(layout, call, memory, i, false), g);
    }
    if (on_node) on_node(i);
  }
  for (size_t v = 0; v < graph_.inputs.size(); ++v) {  // no path leads there
    if (!leads_[v] || written_[layout.cotangent_owner[v]]) continue;
    const MatrixView<T>& zero = gradients.inputs[v];
    for (int64_t i = 0; i < zero.rows; ++i) std::fill_n(zero.row(i), zero.cols, T{0});
  }
}

template class Runner<float>;
template class Runner<double>;

}  // namespace laconic::graph
