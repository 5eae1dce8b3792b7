// The reference for group_norm: one group of one item after the other, sums in double.
#include <cmath>

#include "framework/ops/group_norm/group_norm.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class GroupNormRef final : public Kernel<T> {
 public:
  GroupNormRef(const NodeSpec& node, const Context&) : options_(node) {}

  void forward(const Frame<T>& frame) override {
    for (int64_t item = 0; item < frame.output_extents[0].items; ++item)
      for (int64_t group = 0; group < options_.groups; ++group) {
        const MatrixView<const T> x = frame.inputs[0].dense;
        T* const saved = saved_of(frame, item, group);
        saved[0] = static_cast<T>(
            mean(frame, item, group, [&](int64_t i, int64_t j) { return double{x(i, j)}; }));
        const double variance = mean(frame, item, group, [&](int64_t i, int64_t j) {
          return std::pow(double{x(i, j)} - saved[0], 2);
        });
        saved[1] = static_cast<T>(1 / std::sqrt(variance + options_.epsilon));
        visit(frame, item, group, [&](int64_t i, int64_t j) {
          const T y = affine(frame, saved, i, j);
          frame.output(i, j) = options_.relu && y < 0 ? 0 : y;
        });
      }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    for (int64_t item = 0; item < frame.output_extents[0].items; ++item)
      for (int64_t group = 0; group < options_.groups; ++group) {
        const T* const saved = saved_of(frame, item, group);
        const auto g = [&](int64_t i, int64_t j) {  // behind the activation
          return options_.relu && !(affine(frame, saved, i, j) > 0) ? T{0}
                                                                    : cotangents.output(i, j);
        };
        const auto h = [&](int64_t i, int64_t j) { return double{g(i, j)} * gamma(frame, j); };
        const double mean_h = mean(frame, item, group, h);
        const double mean_hx = mean(frame, item, group, [&](int64_t i, int64_t j) {
          return h(i, j) * normal(frame, saved, i, j);
        });
        visit(frame, item, group, [&](int64_t i, int64_t j) {
          if (options_.affine && !cotangents.parameters[0].empty())
            cotangents.parameters[0][j] += g(i, j) * normal(frame, saved, i, j);
          if (options_.affine && !cotangents.parameters[1].empty())
            cotangents.parameters[1][j] += g(i, j);
          if (cotangents.inputs[0])
            put(cotangents.inputs[0](i, j), cotangents.accumulate[0],
                static_cast<T>(saved[1] *
                               (h(i, j) - mean_h - normal(frame, saved, i, j) * mean_hx)));
        });
      }
  }

 private:
  // Calls body(row, column) for each value of a group.
  template <class Body>
  void visit(const Frame<T>& frame, int64_t item, int64_t group, Body body) const {
    const int64_t pixels = frame.output_extents[0].pixels(), width = options_.width();
    for (int64_t i = item * pixels; i < (item + 1) * pixels; ++i)
      for (int64_t j = group * width; j < (group + 1) * width; ++j) body(i, j);
  }
  template <class Value>
  double mean(const Frame<T>& frame, int64_t item, int64_t group, Value value) const {
    double sum = 0;
    int64_t count = 0;
    visit(frame, item, group, [&](int64_t i, int64_t j) {
      sum += value(i, j);
      ++count;
    });
    return sum / static_cast<double>(count);
  }
  // Returns the mean and 1 / standard deviation.
  T* saved_of(const Frame<T>& frame, int64_t item, int64_t group) const {
    return frame.saved.data() + 2 * (item * options_.groups + group);
  }
  T gamma(const Frame<T>& frame, int64_t j) const {
    return options_.affine ? frame.parameters[0][j] : T{1};
  }
  static T normal(const Frame<T>& frame, const T* saved, int64_t i, int64_t j) {
    return (frame.inputs[0].dense(i, j) - saved[0]) * saved[1];
  }
  // Returns the output before the activation.
  T affine(const Frame<T>& frame, const T* saved, int64_t i, int64_t j) const {
    const T beta = options_.affine ? frame.parameters[1][j] : T{0};
    return normal(frame, saved, i, j) * gamma(frame, j) + beta;
  }

  GroupNormOptions options_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_group_norm_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, GroupNormRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_group_norm_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_group_norm_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
