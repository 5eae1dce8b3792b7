// The reference for batch_norm: one channel after the other, sums in double.
#include <cmath>

#include "framework/ops/batch_norm/batch_norm.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class BatchNormRef final : public Kernel<T> {
 public:
  BatchNormRef(const NodeSpec& node, const Context&)
      : options_(node), cols_(node.outputs[0].width) {}

  void forward(const Frame<T>& frame) override {
    const MatrixView<const T> x = frame.inputs[0].dense;
    for (int64_t j = 0; j < cols_; ++j) {
      T mean = frame.state.now[0][j], variance = frame.state.now[1][j];
      if (options_.uses_batch(frame.training)) {
        if (x.rows == 0) continue;
        mean = static_cast<T>(sum(x.rows, [&](int64_t i) { return x(i, j); }) / rows(frame));
        const double squares = sum(x.rows, [&](int64_t i) {
          const double d = double{x(i, j)} - mean;
          return d * d;
        });
        variance = static_cast<T>(squares / rows(frame));
        if (!frame.state.next.empty() && x.rows > 1) {
          update(frame, frame.state.next[0][j], mean);
          update(frame, frame.state.next[1][j], squares / (rows(frame) - 1));
        }
      }
      frame.saved[j] = mean;
      frame.saved[cols_ + j] = static_cast<T>(1 / std::sqrt(variance + options_.epsilon));
      for (int64_t i = 0; i < x.rows; ++i) {
        const T y = affine(frame, i, j);
        frame.output(i, j) = options_.relu && y < 0 ? 0 : y;
      }
    }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    for (int64_t j = 0; j < cols_; ++j) {
      const auto g = [&](int64_t i) {  // behind the activation
        return options_.relu && !(affine(frame, i, j) > 0) ? T{0} : cotangents.output(i, j);
      };
      const double sum_g = sum(frame.rows, g);
      const double sum_gx =
          sum(frame.rows, [&](int64_t i) { return double{g(i)} * normal(frame, i, j); });
      if (options_.affine && !cotangents.parameters[0].empty())
        cotangents.parameters[0][j] += static_cast<T>(sum_gx);
      if (options_.affine && !cotangents.parameters[1].empty())
        cotangents.parameters[1][j] += static_cast<T>(sum_g);
      if (!cotangents.inputs[0]) continue;
      const bool batch = options_.uses_batch(frame.training);
      const double mean_g = batch ? sum_g / rows(frame) : 0,
                   mean_gx = batch ? sum_gx / rows(frame) : 0;
      for (int64_t i = 0; i < frame.rows; ++i)
        put(cotangents.inputs[0](i, j), cotangents.accumulate[0],
            static_cast<T>(gamma(frame, j) * frame.saved[cols_ + j] *
                           (g(i) - mean_g - normal(frame, i, j) * mean_gx)));
    }
  }

 private:
  template <class Value>
  static double sum(int64_t rows, Value value) {
    double sum = 0;
    for (int64_t i = 0; i < rows; ++i) sum += value(i);
    return sum;
  }
  static double rows(const Frame<T>& frame) { return static_cast<double>(frame.rows); }
  void update(const Frame<T>& frame, T& running, double newest) const {
    const double weight = options_.weight(frame.state.batches);
    running = static_cast<T>((1 - weight) * running + weight * newest);
  }
  T gamma(const Frame<T>& frame, int64_t j) const {
    return options_.affine ? frame.parameters[0][j] : T{1};
  }
  T normal(const Frame<T>& frame, int64_t i, int64_t j) const {
    return (frame.inputs[0].dense(i, j) - frame.saved[j]) * frame.saved[cols_ + j];
  }
  // Returns the output before the activation.
  T affine(const Frame<T>& frame, int64_t i, int64_t j) const {
    const T beta = options_.affine ? frame.parameters[1][j] : T{0};
    return normal(frame, i, j) * gamma(frame, j) + beta;
  }

  BatchNormOptions options_;
  int64_t cols_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_batch_norm_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, BatchNormRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_batch_norm_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_batch_norm_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
