// The obvious executor: every value and every cotangent in memory of its own, nothing in place,
// nothing reused. Runs the same kernels as the planned one, so the two must agree to the bit.
#pragma once

#include <vector>

#include "framework/graph/feed.hpp"
#include "framework/graph/graph.hpp"
#include "framework/ops/list.hpp"

namespace laconic::graph::test {

template <class T>
struct NaiveResult {
  std::vector<T> output, gradients;
  std::vector<std::vector<T>> input_cotangents;
};

template <class T>
NaiveResult<T> run_naively(const Graph& graph, const Context& context,
                           std::span<const T> parameters, const Feed<T>& feed, bool training,
                           T scale, const std::string& implementation = "") {
  const size_t inputs = graph.inputs.size(), count = inputs + graph.nodes.size();
  std::vector<std::vector<T>> values(count), cotangents(count), saved(graph.nodes.size());
  std::vector<uint8_t> written(count, 0);
  std::vector<std::unique_ptr<ops::Kernel<T>>> kernels;
  const auto view = [&](std::vector<std::vector<T>>& all, ValueId v) {
    all[v].resize(feed.rows * graph.width(v));
    return MatrixView<T>(all[v].data(), feed.rows, graph.width(v));
  };
  std::vector<ops::Input<T>> from;
  std::vector<std::span<const T>> weights;
  const auto frame_of = [&](size_t i) {
    const Node& node = graph.nodes[i];
    from.clear();
    weights.clear();
    for (const ValueId v : node.inputs)
      from.push_back(graph.is_input(v) ? feed.inputs[v] : ops::Input<T>{.dense = view(values, v)});
    for (const int32_t p : node.parameters)
      weights.push_back(parameters.subspan(graph.parameters[p].offset, graph.parameters[p].size()));
    saved[i].resize(ops::find(node.spec.kind).needs(node.spec).saved_per_row * feed.rows);
    ops::Frame<T> frame;
    frame.rows = feed.rows;
    frame.inputs = from;
    frame.output = view(values, graph.value_of_node(static_cast<int64_t>(i)));
    frame.parameters = weights;
    frame.saved = saved[i];
    frame.neighbourhood = &feed.neighbourhood;
    frame.training = training;
    frame.step = feed.step;
    return frame;
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const ops::NodeSpec& spec = graph.nodes[i].spec;
    kernels.push_back(
        ops::choose<T>(spec, context, implementation).implementation->make(spec, context));
    kernels[i]->forward(frame_of(i));
  }
  NaiveResult<T> result;
  result.output = values[graph.output()];
  result.gradients.assign(graph.parameter_count, 0);
  ops::loss(context, MatrixView<const T>(view(values, graph.output())), feed.targets, scale,
            view(cotangents, graph.output()));
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    std::vector<MatrixView<T>> into;
    std::vector<uint8_t> accumulate;
    for (const ValueId v : node.inputs) {
      const bool sparse = graph.is_input(v) && graph.inputs[v].sparse;
      into.push_back(sparse ? MatrixView<T>{} : view(cotangents, v));
      accumulate.push_back(written[v]);
      written[v] = 1;
    }
    std::vector<std::span<T>> gradients;
    for (const int32_t p : node.parameters)
      gradients.push_back(std::span(result.gradients)
                              .subspan(graph.parameters[p].offset, graph.parameters[p].size()));
    ops::Cotangents<T> g;
    g.output = view(cotangents, graph.value_of_node(static_cast<int64_t>(i)));
    g.inputs = into;
    g.accumulate = accumulate;
    g.parameters = gradients;
    kernels[i]->backward(frame_of(i), g);
  }
  result.input_cotangents.assign(cotangents.begin(),
                                 cotangents.begin() + static_cast<int64_t>(inputs));
  return result;
}

}  // namespace laconic::graph::test
