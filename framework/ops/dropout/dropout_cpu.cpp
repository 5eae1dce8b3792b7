// dropout on the kernels of the instruction set.

#include "framework/ops/dropout/dropout.hpp"
#include "framework/ops/dropout/dropout_kernels.hpp"
#include "framework/ops/elementwise/elementwise.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

class DropoutCpu final : public Kernel<float> {
 public:
  DropoutCpu(const NodeSpec& node, const Context& context)
      : site_(static_cast<uint32_t>(integer_attribute(node, "site", 0))),
        rate_(dropout_rate(real_attribute(node, "rate", 0))),
        context_(context) {}

  void forward(const Frame<float>& frame) override {
    mask(frame, frame.inputs[0].dense, false, frame.output);
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    if (cotangents.inputs[0])
      mask(frame, cotangents.output, cotangents.accumulate[0], cotangents.inputs[0]);
  }

 private:
  void mask(const Frame<float>& frame, MatrixView<const float> x, bool accumulate,
            MatrixView<float> y) const {
    if (!frame.training || rate_.threshold == 0) {
      if (accumulate || x.data != y.data) copy_or_add(context_, x, accumulate, y);
      return;
    }
    const auto key = Random(context_.seed, Stream::dropout, frame.step, site_).key();
    const DropoutArgs args{
        {key[0], key[1]}, frame.step, rate_.threshold, static_cast<float>(rate_.scale), y.cols};
    parallel_rows(context_.threads, y.rows, y.cols, [&](int64_t first, int64_t count) {
      dropout_kernels(context_.isa)
          .mask(args, first, count, {x.row(first), x.stride}, {y.row(first), y.stride}, accumulate);
    });
  }

  uint32_t site_;
  DropoutRate rate_;
  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_dropout_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, DropoutCpu>(node, context);
}

}  // namespace laconic::ops
