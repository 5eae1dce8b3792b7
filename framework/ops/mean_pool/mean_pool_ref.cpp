// The reference for mean_pool.

#include "framework/ops/kind.hpp"
#include "framework/ops/mean_pool/mean_pool.hpp"

namespace laconic::ops {

namespace {

template <class T>
class MeanPoolRef final : public Kernel<T> {
 public:
  MeanPoolRef(const NodeSpec&, const Context&) {}

  void forward(const Frame<T>& frame) override {
    const int64_t pixels = frame.input_extents[0].pixels();
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t c = 0; c < frame.output.cols; ++c) {
        T sum = 0;
        for (int64_t p = 0; p < pixels; ++p) sum += frame.inputs[0].dense(i * pixels + p, c);
        frame.output(i, c) = sum / static_cast<T>(pixels);
      }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx) return;
    const int64_t pixels = frame.input_extents[0].pixels();
    for (int64_t i = 0; i < dx.rows; ++i)
      for (int64_t c = 0; c < dx.cols; ++c)
        put(dx(i, c), cotangents.accumulate[0],
            cotangents.output(i / pixels, c) / static_cast<T>(pixels));
  }
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_mean_pool_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, MeanPoolRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_mean_pool_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_mean_pool_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
