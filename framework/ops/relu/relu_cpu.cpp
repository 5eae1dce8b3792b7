// relu on the kernels of the instruction set.

#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/relu/relu.hpp"
#include "framework/ops/simd/dispatch.hpp"

namespace laconic::ops {

namespace {

class ReluCpu final : public Kernel<float> {
 public:
  ReluCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    const MatrixView<const float> x = frame.inputs[0].dense;
    const MatrixView<float> y = frame.output;
    parallel_rows(context_.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
      kernels(context_.isa).relu({x.row(first), x.stride}, {y.row(first), y.stride}, count, y.cols);
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<const float> y = frame.output, dy = cotangents.output;
    const MatrixView<float> dx = cotangents.inputs[0];
    if (!dx) return;
    parallel_rows(context_.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
      kernels(context_.isa)
          .relu_backward({y.row(first), y.stride}, {dy.row(first), dy.stride},
                         {dx.row(first), dx.stride}, cotangents.accumulate[0], count, y.cols);
    });
  }

 private:
  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_relu_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, ReluCpu>(node, context);
}

}  // namespace laconic::ops
