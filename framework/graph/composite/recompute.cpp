// recompute: the outputs of its body, with less memory (Chen, Xu, Zhang, Guestrin: "Training deep
// nets with sublinear memory cost", arXiv 1604.06174). Forward runs the body in scratch memory and
// keeps its outputs alone. Backward runs the body again from its inputs, then its backward. The
// results have the same bits as without the node, since the body is a function of its inputs,
// parameters, state and step. No attributes.

#include <algorithm>

#include "framework/graph/composite/list.hpp"
#include "framework/graph/runner.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::graph {
namespace {

template <class T>
void copy(MatrixView<const T> from, MatrixView<T> to) {
  for (int64_t i = 0; i < to.rows; ++i) std::copy_n(from.row(i), to.cols, to.row(i));
}

template <class T>
class Recompute final : public ops::Kernel<T> {
 public:
  Recompute(const Node& node, const Context& context, const std::string& implementation)
      : body_(node.body), runner_(*body_, context, implementation) {}

  void reserve(const ops::Extents& largest) override {
    runner_.plan().reserve(largest);
    forward_ = make_layout(*body_, runner_.plan(), {.training = false}, largest);
    backward_ = make_layout(*body_, runner_.plan(), {.input_cotangents = true}, largest);
  }

  ops::Scratch scratch(const ops::Extents&) const override {
    return {.forward = forward_.bytes(), .backward = backward_.bytes()};
  }

  void forward(const ops::Frame<T>& frame) override {
    const Call<T> call = call_of(frame);
    const Memory memory{frame.scratch.data(), nullptr};
    runner_.forward(forward_, call, memory);
    for (size_t k = 0; k < frame.outputs.size(); ++k)
      copy(runner_.value(forward_, call, memory, body_->outputs[k]), frame.outputs[k]);
  }

  void backward(const ops::Frame<T>& frame, const ops::Cotangents<T>& cotangents) override {
    Call<T> call = call_of(frame);
    call.state.next = {};  // forward has written it
    const Memory memory{frame.scratch.data(), nullptr};
    runner_.forward(backward_, call, memory);
    for (size_t k = 0; k < cotangents.outputs.size(); ++k) {
      const MatrixView<T> to = runner_.output_cotangent(backward_, frame.batch, memory, k);
      if (cotangents.outputs[k])
        copy(cotangents.outputs[k], to);
      else
        for (int64_t i = 0; i < to.rows; ++i) std::fill_n(to.row(i), to.cols, T{0});
    }
    runner_.backward(backward_, call, memory,
                     {cotangents.parameters, cotangents.inputs, cotangents.accumulate}, {});
  }

  int64_t memory_bytes(bool with_backward) const override {
    return runner_.plan().kernel_bytes(with_backward);
  }

 private:
  static Call<T> call_of(const ops::Frame<T>& frame) {
    return {.parameters = frame.parameters,
            .inputs = frame.inputs,
            .neighbourhood = frame.neighbourhood,
            .batch = frame.batch,
            .state = frame.state,
            .training = frame.training,
            .step = frame.step};
  }

  std::shared_ptr<const Graph> body_;
  Runner<T> runner_;
  Layout forward_, backward_;
};

void infer_recompute(ops::NodeSpec& node, const Graph& body) {
  ops::check_attributes(node, {});
  take_from_body(node, body);
}

ops::BackwardNeeds needs(const ops::NodeSpec&, const Graph&) {
  return {.inputs = true};
}

template <class T>
std::unique_ptr<ops::Kernel<T>> make(const Node& node, const Context& context,
                                     const std::string& implementation) {
  return std::make_unique<Recompute<T>>(node, context, implementation);
}

}  // namespace

constinit const CompositeKind composites::recompute = {
    "recompute",
    "its body again in backward, instead of its values in memory",
    infer_recompute,
    needs,
    1,
    make<float>,
    make<double>};

}  // namespace laconic::graph
