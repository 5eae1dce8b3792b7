// The obvious executor: every value and every cotangent in memory of its own, nothing in place,
// nothing reused, no node left out. Runs the same kernels as the planned one, so the two must agree
// to the bit. It sees the loss at output 0; the other outputs have no cotangent.
#pragma once

#include <vector>

#include "framework/graph/feed.hpp"
#include "framework/graph/plan.hpp"

namespace laconic::graph::test {

template <class T>
struct NaiveResult {
  std::vector<T> output, gradients;
  std::vector<std::vector<T>> input_cotangents;
};

template <class T>
class NaiveRun {
 public:
  NaiveRun(const Graph& graph, const Context& context, std::span<const T> parameters,
           const Feed<T>& feed, bool training, const std::string& implementation)
      : graph_(graph),
        parameters_(parameters),
        feed_(feed),
        training_(training),
        plan_(make_plan<T>(graph, context, implementation)),
        values_(graph.values.size()),
        cotangents_(graph.values.size()),
        saved_(graph.nodes.size()) {
    plan_.reserve(feed.extents());
  }

  NaiveResult<T> run(const Context& context, T scale) {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) plan_.nodes[i].kernel->forward(frame(i, true));
    NaiveResult<T> result;
    result.output = values_[graph_.output()];
    result.gradients.assign(graph_.parameter_count, 0);
    std::vector<uint8_t> written(graph_.values.size(), 0);
    written[graph_.output()] = 1;
    ops::loss(context, MatrixView<const T>(view(values_, graph_.output())), feed_.targets, scale,
              view(cotangents_, graph_.output()));
    for (size_t i = graph_.nodes.size(); i-- > 0;) backward(i, result, written);
    result.input_cotangents.assign(cotangents_.begin(),
                                   cotangents_.begin() + std::ssize(graph_.inputs));
    return result;
  }

 private:
  MatrixView<T> view(std::vector<std::vector<T>>& all, ValueId v) {
    const int64_t rows = graph_.values[v].spec.space.extent(feed_.extents()).rows();
    all[v].resize(rows * graph_.width(v));
    return {all[v].data(), rows, graph_.width(v)};
  }

  ops::Frame<T> frame(size_t i, bool forward) {
    const Node& node = graph_.nodes[i];
    from_.clear();
    to_.clear();
    weights_.clear();
    from_extents_.clear();
    to_extents_.clear();
    for (const ValueId v : node.inputs) {
      from_.push_back(graph_.is_input(v) ? feed_.inputs[v]
                                         : ops::Input<T>{.dense = view(values_, v)});
      from_extents_.push_back(graph_.values[v].spec.space.extent(feed_.extents()));
    }
    for (const ValueId v : node.outputs) {
      to_.push_back(view(values_, v));
      to_extents_.push_back(graph_.values[v].spec.space.extent(feed_.extents()));
    }
    for (const int32_t p : node.parameters)
      weights_.push_back(
          parameters_.subspan(graph_.parameters[p].offset, graph_.parameters[p].size()));
    saved_[i].resize(plan_.nodes[i].needs.saved.elements(to_extents_[0]));
    const ops::Scratch scratch = plan_.nodes[i].kernel->scratch(feed_.extents());
    scratch_.assign(static_cast<size_t>(forward ? scratch.forward : scratch.backward) + 64,
                    std::byte{0xff});
    const auto past = reinterpret_cast<uintptr_t>(scratch_.data()) % 64;
    ops::Frame<T> frame;
    frame.rows = to_[0].rows;
    frame.inputs = from_;
    frame.output = to_[0];
    frame.outputs = to_;
    frame.input_extents = from_extents_;
    frame.output_extents = to_extents_;
    frame.batch = feed_.extents();
    frame.parameters = weights_;
    frame.saved = saved_[i];
    frame.scratch = std::span(scratch_).subspan(64 - past, scratch_.size() - 64);
    frame.neighbourhood = &feed_.neighbourhood;
    frame.training = training_;
    frame.step = feed_.step;
    return frame;
  }

  void backward(size_t i, NaiveResult<T>& result, std::vector<uint8_t>& written) {
    const Node& node = graph_.nodes[i];
    std::vector<MatrixView<const T>> of_outputs;
    bool any = false;
    for (const ValueId v : node.outputs) {
      of_outputs.push_back(written[v] ? view(cotangents_, v) : MatrixView<T>{});
      any |= written[v] != 0;
    }
    if (!any || plan_.nodes[i].needs.stops_gradient) return;
    std::vector<MatrixView<T>> into;
    std::vector<uint8_t> accumulate;
    for (const ValueId v : node.inputs) {
      into.push_back(graph_.values[v].spec.sparse ? MatrixView<T>{} : view(cotangents_, v));
      accumulate.push_back(written[v]);
      written[v] = 1;
    }
    std::vector<std::span<T>> gradients;
    for (const int32_t p : node.parameters)
      gradients.push_back(std::span(result.gradients)
                              .subspan(graph_.parameters[p].offset, graph_.parameters[p].size()));
    ops::Cotangents<T> g;
    g.output = of_outputs[0];
    g.outputs = of_outputs;
    g.inputs = into;
    g.accumulate = accumulate;
    g.parameters = gradients;
    plan_.nodes[i].kernel->backward(frame(i, false), g);
  }

  const Graph& graph_;
  std::span<const T> parameters_;
  const Feed<T>& feed_;
  bool training_;
  Plan<T> plan_;
  std::vector<std::vector<T>> values_, cotangents_, saved_;
  std::vector<std::byte> scratch_;
  std::vector<ops::Input<T>> from_;
  std::vector<MatrixView<T>> to_;
  std::vector<ops::Extent> from_extents_, to_extents_;
  std::vector<std::span<const T>> weights_;
};

template <class T>
NaiveResult<T> run_naively(const Graph& graph, const Context& context,
                           std::span<const T> parameters, const Feed<T>& feed, bool training,
                           T scale, const std::string& implementation = "") {
  return NaiveRun<T>(graph, context, parameters, feed, training, implementation)
      .run(context, scale);
}

}  // namespace laconic::graph::test
