// The reference for aggregate.

#include "framework/ops/aggregate/aggregate.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/spmm/spmm.hpp"

namespace laconic::ops {

namespace {

template <class T>
class AggregateRef final : public Kernel<T> {
 public:
  AggregateRef(const NodeSpec&, const Context&) {}

  void forward(const Frame<T>& frame) override {
    const MatrixView<const T> addend =
        frame.inputs.size() > 1 ? frame.inputs[1].dense : MatrixView<const T>();
    spmm_ref<T>(*frame.neighbourhood, frame.inputs[0].dense, addend, frame.output);
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (dx) {
      const MatrixView<const T> addend =
          cotangents.accumulate[0] ? MatrixView<const T>(dx) : MatrixView<const T>();
      spmm_ref<T>(adjoint(*frame.neighbourhood), cotangents.output, addend, dx);
    }
    if (frame.inputs.size() < 2 || !cotangents.inputs[1]) return;
    const MatrixView<T> daddend = cotangents.inputs[1];
    for (int64_t i = 0; i < daddend.rows; ++i)
      for (int64_t j = 0; j < daddend.cols; ++j)
        put(daddend(i, j), cotangents.accumulate[1], cotangents.output(i, j));
  }
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_aggregate_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, AggregateRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_aggregate_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_aggregate_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
