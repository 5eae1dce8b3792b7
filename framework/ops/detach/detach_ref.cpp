// The reference for detach.

#include "framework/ops/detach/detach.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class DetachRef final : public Kernel<T> {
 public:
  DetachRef(const NodeSpec&, const Context&) {}

  void forward(const Frame<T>& frame) override {
    const MatrixView<const T> x = frame.inputs[0].dense;
    if (frame.output.data == x.data) return;
    for (int64_t i = 0; i < x.rows; ++i)
      for (int64_t j = 0; j < x.cols; ++j) frame.output(i, j) = x(i, j);
  }

  void backward(const Frame<T>&, const Cotangents<T>&) override {}
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_detach_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, DetachRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_detach_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_detach_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
