// max_pool2d on the kernels of the instruction set, one thread per image. oneDNN's pooling is not
// used, since it drops NaN.

#include <algorithm>

#include "framework/ops/kind.hpp"
#include "framework/ops/max_pool2d/max_pool2d.hpp"
#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

namespace {

class MaxPool2dCpu final : public Kernel<float> {
 public:
  MaxPool2dCpu(const NodeSpec& node, const Context& context) : context_(context), shape_(node) {}

  void forward(const Frame<float>& frame) override {
    for_images(frame, [&](const MaxPoolArgs& args, int64_t from, int64_t to) {
      max_pool2d_kernels(context_.isa)
          .forward(args, frame.inputs[0].dense.row(from), frame.output.row(to), places(frame, to));
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<float> dx = cotangents.inputs[0];
    if (!dx) return;
    for_images(frame, [&](const MaxPoolArgs& args, int64_t from, int64_t to) {
      if (!cotangents.accumulate[0])
        std::fill_n(dx.row(from), args.height * args.width * args.channels, 0.0f);
      max_pool2d_kernels(context_.isa)
          .backward(args, places(frame, to), cotangents.output.row(to), dx.row(from));
    });
  }

 private:
  // Calls body(arguments, first input pixel, first output pixel) for each image.
  template <class Body>
  void for_images(const Frame<float>& frame, Body body) const {
    const Extent from = frame.input_extents[0], to = frame.output_extents[0];
    const MaxPoolArgs args{.height = from.height,
                           .width = from.width,
                           .channels = shape_.channels,
                           .kernel = shape_.kernel,
                           .stride = shape_.stride,
                           .out_height = to.height,
                           .out_width = to.width};
    parallel_rows(context_.threads, to.items, from.pixels() * shape_.channels,
                  [&](int64_t first, int64_t count) {
                    for (int64_t i = first; i < first + count; ++i)
                      body(args, i * from.pixels(), i * to.pixels());
                  });
  }
  float* places(const Frame<float>& frame, int64_t pixel) const {
    return frame.saved.data() + pixel * shape_.channels;
  }

  Context context_;
  MaxPool2dShape shape_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_max_pool2d_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, MaxPool2dCpu>(node, context);
}

}  // namespace laconic::ops
