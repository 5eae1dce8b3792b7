// The reference for add.

#include "framework/ops/add/add.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class AddRef final : public Kernel<T> {
 public:
  AddRef(const NodeSpec&, const Context&) {}

  void forward(const Frame<T>& frame) override {
    for (int64_t i = 0; i < frame.output.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j) {
        T sum = 0;
        for (const Input<T>& x : frame.inputs) sum += x.dense(i, j);
        frame.output(i, j) = sum;
      }
  }

  void backward(const Frame<T>&, const Cotangents<T>& cotangents) override {
    for (size_t n = 0; n < cotangents.inputs.size(); ++n) {
      const MatrixView<T> dx = cotangents.inputs[n];
      if (!dx) continue;
      for (int64_t i = 0; i < dx.rows; ++i)
        for (int64_t j = 0; j < dx.cols; ++j)
          put(dx(i, j), cotangents.accumulate[n], cotangents.output(i, j));
    }
  }
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_add_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, AddRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_add_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_add_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
