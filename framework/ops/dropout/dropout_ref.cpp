// The reference for dropout: one Random, one element at a time.

#include "framework/ops/dropout/dropout.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class DropoutRef final : public Kernel<T> {
 public:
  DropoutRef(const NodeSpec& node, const Context& context)
      : seed_(context.seed),
        site_(static_cast<uint32_t>(integer_attribute(node, "site", 0))),
        rate_(dropout_rate(real_attribute(node, "rate", 0))) {}

  void forward(const Frame<T>& frame) override {
    for (int64_t i = 0; i < frame.output.rows; ++i)
      for (int64_t j = 0; j < frame.output.cols; ++j)
        frame.output(i, j) = frame.inputs[0].dense(i, j) * factor(frame, i, j, frame.output.cols);
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx) return;
    for (int64_t i = 0; i < dx.rows; ++i)
      for (int64_t j = 0; j < dx.cols; ++j)
        put(dx(i, j), cotangents.accumulate[0],
            cotangents.output(i, j) * factor(frame, i, j, dx.cols));
  }

 private:
  T factor(const Frame<T>& frame, int64_t i, int64_t j, int64_t cols) const {
    if (!frame.training) return 1;
    const Random random(seed_, Stream::dropout, frame.step, site_);
    const auto words = random.bits(static_cast<uint64_t>(i * ((cols + 7) / 8) + j / 8));
    const uint32_t lane = words[j % 8 / 2] >> (16 * (j % 2)) & 0xffff;
    return lane < rate_.threshold ? T{0} : static_cast<T>(rate_.scale);
  }

  uint64_t seed_;
  uint32_t site_;
  DropoutRate rate_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_dropout_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, DropoutRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_dropout_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_dropout_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
