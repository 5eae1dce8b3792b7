// mean_pool on the kernels of the instruction set. A thread computes whole images.

#include <algorithm>

#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/mean_pool/mean_pool.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

namespace {

class MeanPoolCpu final : public Kernel<float> {
 public:
  MeanPoolCpu(const NodeSpec&, const Context& context) : context_(context) {}

  void forward(const Frame<float>& frame) override {
    const MatrixView<const float> x = frame.inputs[0].dense;
    const MatrixView<float> y = frame.output;
    for_images(frame, [&](int64_t i, int64_t pixels) {
      std::fill_n(y.row(i), y.cols, 0.0f);
      elementwise_kernels(context_.isa)
          .column_sums({x.row(i * pixels), x.stride}, y.row(i), pixels, 0, y.cols);
      for (int64_t c = 0; c < y.cols; ++c) y(i, c) /= static_cast<float>(pixels);
    });
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<const float> dy = cotangents.output;
    const MatrixView<float> dx = cotangents.inputs[0];
    if (!dx) return;
    for_images(frame, [&](int64_t i, int64_t pixels) {
      for (int64_t p = i * pixels; p < (i + 1) * pixels; ++p)
        for (int64_t c = 0; c < dx.cols; ++c)
          put(dx(p, c), cotangents.accumulate[0], dy(i, c) / static_cast<float>(pixels));
    });
  }

 private:
  template <class Body>
  void for_images(const Frame<float>& frame, Body body) const {
    const int64_t pixels = frame.input_extents[0].pixels();
    parallel_rows(context_.threads, frame.rows, pixels * frame.output.cols,
                  [&](int64_t first, int64_t count) {
                    for (int64_t i = first; i < first + count; ++i) body(i, pixels);
                  });
  }

  Context context_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_mean_pool_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, MeanPoolCpu>(node, context);
}

}  // namespace laconic::ops
