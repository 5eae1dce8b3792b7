// relu on the kernels of the instruction set.

#include "framework/ops/kind.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/relu/relu.hpp"
#include "framework/ops/relu/relu_kernels.hpp"

namespace laconic::ops {

namespace {

class ReluCpu final : public Kernel<float> {
 public:
  ReluCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    const Extent& extent = frame.output_extents[0];
    const auto x = by_item(frame.inputs[0].dense, extent);
    const auto y = by_item(frame.output, extent);
    parallel_rows(context_.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
      relu_kernels(context_.isa)
          .forward({x.row(first), x.stride}, {y.row(first), y.stride}, count, y.cols);
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    if (!cotangents.inputs[0]) return;
    const Extent& extent = frame.output_extents[0];
    const auto y = by_item(frame.output, extent);
    const auto dy = by_item(cotangents.output, extent);
    const auto dx = by_item(cotangents.inputs[0], extent);
    parallel_rows(context_.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
      relu_kernels(context_.isa)
          .backward({y.row(first), y.stride}, {dy.row(first), dy.stride},
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
