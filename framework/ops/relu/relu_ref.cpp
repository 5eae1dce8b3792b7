// The reference for relu.

#include "framework/ops/kind.hpp"
#include "framework/ops/relu/relu.hpp"

namespace laconic::ops {

namespace {

template <class T>
class ReluRef final : public Kernel<T> {
 public:
  ReluRef(const NodeSpec&, const Context&) {}

  void forward(const Frame<T>& frame) override {
    for (int64_t i = 0; i < frame.output.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j) {
        const T x = frame.inputs[0].dense(i, j);
        frame.output(i, j) = x < 0 ? 0 : x;
      }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx) return;
    for (int64_t i = 0; i < dx.rows; ++i)
      for (int64_t j = 0; j < dx.cols; ++j)
        put(dx(i, j), cotangents.accumulate[0],
            frame.output(i, j) > 0 ? cotangents.output(i, j) : T{0});
  }
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_relu_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, ReluRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_relu_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_relu_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
