// max_pool2d on the kernels of the instruction set, a thread an image. Not on oneDNN's pooling,
// which loses a NaN.

#include <algorithm>

#include "framework/ops/kind.hpp"
#include "framework/ops/max_pool2d/max_pool2d.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/dispatch.hpp"

namespace laconic::ops {

namespace {

class MaxPool2dCpu final : public Kernel<float> {
 public:
  MaxPool2dCpu(const NodeSpec& node, const Context& context)
      : context_(context),
        shape_(node),
        arguments_{.width = shape_.width,
                   .channels = shape_.channels,
                   .kernel = shape_.kernel,
                   .stride = shape_.stride,
                   .out_height = shape_.out_height(),
                   .out_width = shape_.out_width()} {}

  void forward(const Frame<float>& frame) override {
    for_images(frame.rows, [&](int64_t i) {
      kernels(context_.isa)
          .max_pool(arguments_, frame.inputs[0].dense.row(i), frame.output.row(i),
                    places(frame, i));
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<float> dx = cotangents.inputs[0];
    if (!dx) return;
    for_images(frame.rows, [&](int64_t i) {
      if (!cotangents.accumulate[0]) std::fill_n(dx.row(i), dx.cols, 0.0f);
      kernels(context_.isa)
          .max_pool_backward(arguments_, places(frame, i), cotangents.output.row(i), dx.row(i));
    });
  }

 private:
  template <class Body>
  void for_images(int64_t images, Body body) const {
    parallel_rows(context_.threads, images, shape_.input_width(),
                  [&](int64_t first, int64_t count) {
                    for (int64_t i = first; i < first + count; ++i) body(i);
                  });
  }
  float* places(const Frame<float>& frame, int64_t i) const {
    return frame.saved.data() + i * shape_.output_width();
  }

  Context context_;
  MaxPool2dShape shape_;
  MaxPoolArgs arguments_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_max_pool2d_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, MaxPool2dCpu>(node, context);
}

}  // namespace laconic::ops
