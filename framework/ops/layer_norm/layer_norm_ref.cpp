// The reference for layer_norm.

#include <cmath>

#include "framework/ops/kind.hpp"
#include "framework/ops/layer_norm/layer_norm.hpp"

namespace laconic::ops {

namespace {

template <class T>
class LayerNormRef final : public Kernel<T> {
 public:
  LayerNormRef(const NodeSpec& node, const Context&)
      : relu_(text_attribute(node, "activation", "none") == "relu"),
        epsilon_(static_cast<T>(real_attribute(node, "epsilon", 1e-5))) {}

  void forward(const Frame<T>& frame) override {
    const MatrixView<const T> x = frame.inputs[0].dense;
    for (int64_t i = 0; i < x.rows; ++i) {
      T mean = 0, variance = 0;
      for (int64_t j = 0; j < x.cols; ++j) mean += x(i, j) / static_cast<T>(x.cols);
      for (int64_t j = 0; j < x.cols; ++j)
        variance += (x(i, j) - mean) * (x(i, j) - mean) / static_cast<T>(x.cols);
      frame.saved[2 * i] = mean;
      frame.saved[2 * i + 1] = 1 / std::sqrt(variance + epsilon_);
      for (int64_t j = 0; j < x.cols; ++j) {
        const T y = frame.parameters[0][j] * normal(frame, i, j) + frame.parameters[1][j];
        frame.output(i, j) = relu_ && y < 0 ? 0 : y;
      }
    }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const int64_t cols = cotangents.output.cols;
    for (int64_t i = 0; i < cotangents.output.rows; ++i) {
      // g: cotangent of gamma * x^ + beta, behind the activation.
      const auto g = [&](int64_t j) {
        const T y = frame.parameters[0][j] * normal(frame, i, j) + frame.parameters[1][j];
        return relu_ && !(y > 0) ? T{0} : cotangents.output(i, j);
      };
      T mean_h = 0, mean_hx = 0;  // h = g * gamma
      for (int64_t j = 0; j < cols; ++j) {
        mean_h += g(j) * frame.parameters[0][j] / static_cast<T>(cols);
        mean_hx += g(j) * frame.parameters[0][j] * normal(frame, i, j) / static_cast<T>(cols);
        if (!cotangents.parameters[0].empty())
          cotangents.parameters[0][j] += g(j) * normal(frame, i, j);
        if (!cotangents.parameters[1].empty()) cotangents.parameters[1][j] += g(j);
      }
      if (!cotangents.inputs[0]) continue;
      for (int64_t j = 0; j < cols; ++j) {
        const T h = g(j) * frame.parameters[0][j];
        put(cotangents.inputs[0](i, j), cotangents.accumulate[0],
            frame.saved[2 * i + 1] * (h - mean_h - normal(frame, i, j) * mean_hx));
      }
    }
  }

 private:
  static T normal(const Frame<T>& frame, int64_t i, int64_t j) {
    return (frame.inputs[0].dense(i, j) - frame.saved[2 * i]) * frame.saved[2 * i + 1];
  }

  bool relu_;
  T epsilon_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_layer_norm_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, LayerNormRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_layer_norm_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_layer_norm_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
