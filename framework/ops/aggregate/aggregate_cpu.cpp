// aggregate on the SpMM kernel; accumulation is its addend.

#include "framework/ops/aggregate/aggregate.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/elementwise/elementwise.hpp"
#include "framework/ops/spmm/spmm.hpp"

namespace laconic::ops {

namespace {

class AggregateCpu final : public Kernel<float> {
 public:
  AggregateCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    const MatrixView<const float> addend =
        frame.inputs.size() > 1 ? frame.inputs[1].dense : MatrixView<const float>();
    spmm(context_, *frame.neighbourhood, frame.inputs[0].dense, addend, frame.output);
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<float> dx = cotangents.inputs[0];
    if (dx)
      spmm(context_, adjoint(*frame.neighbourhood), cotangents.output,
           cotangents.accumulate[0] ? MatrixView<const float>(dx) : MatrixView<const float>(), dx);
    if (frame.inputs.size() > 1 && cotangents.inputs[1])
      copy_or_add(context_, cotangents.output, cotangents.accumulate[1], cotangents.inputs[1]);
  }

 private:
  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_aggregate_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, AggregateCpu>(node, context);
}

}  // namespace laconic::ops
