// The reference for conv2d.

#include <algorithm>

#include "framework/ops/conv2d/conv2d.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class Conv2dRef final : public Kernel<T> {
 public:
  Conv2dRef(const NodeSpec& node, const Context&)
      : s_(node), bias_(flag_attribute(node, "bias", false)) {}

  void forward(const Frame<T>& frame) override {
    const MatrixView<T> z = frame.output;
    for (int64_t i = 0; i < z.rows; ++i)
      for (int64_t o = 0; o < z.cols; ++o) z(i, o) = bias_ ? frame.parameters[1][o] : T{0};
    for_terms(frame, [&](int64_t out, int64_t o, int64_t in, int64_t c, int64_t weight) {
      z(out, o) += frame.parameters[0][weight] * frame.inputs[0].dense(in, c);
    });
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<const T> dz = cotangents.output;
    const MatrixView<T> dx = cotangents.inputs[0];
    const std::span<T> dw = cotangents.parameters[0];
    for (int64_t i = 0; dx && !cotangents.accumulate[0] && i < dx.rows; ++i)
      std::fill_n(dx.row(i), dx.cols, T{0});
    for_terms(frame, [&](int64_t out, int64_t o, int64_t in, int64_t c, int64_t weight) {
      if (dx) dx(in, c) += frame.parameters[0][weight] * dz(out, o);
      if (!dw.empty()) dw[weight] += frame.inputs[0].dense(in, c) * dz(out, o);
    });
    if (bias_ && !cotangents.parameters[1].empty())
      for (int64_t i = 0; i < dz.rows; ++i)
        for (int64_t o = 0; o < dz.cols; ++o) cotangents.parameters[1][o] += dz(i, o);
  }

 private:
  // Calls term(output pixel, output channel, input pixel, input channel, weight) for every product
  // of the sum.
  template <class Term>
  void for_terms(const Frame<T>& frame, Term term) const {
    const Extent& from = frame.input_extents[0];
    const Extent& to = frame.output_extents[0];
    for (int64_t i = 0; i < to.items; ++i)
      for (int64_t y = 0; y < to.height; ++y)
        for (int64_t x = 0; x < to.width; ++x)
          for (int64_t ky = 0; ky < s_.kernel; ++ky)
            for (int64_t kx = 0; kx < s_.kernel; ++kx) {
              const int64_t from_y = y * s_.stride + ky - s_.padding();
              const int64_t from_x = x * s_.stride + kx - s_.padding();
              if (from_y < 0 || from_y >= from.height || from_x < 0 || from_x >= from.width)
                continue;
              for (int64_t c = 0; c < s_.channels_in; ++c)
                for (int64_t o = 0; o < s_.channels_out; ++o)
                  term((i * to.height + y) * to.width + x, o,
                       (i * from.height + from_y) * from.width + from_x, c,
                       ((ky * s_.kernel + kx) * s_.channels_in + c) * s_.channels_out + o);
            }
  }

  Conv2dShape s_;
  bool bias_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_conv2d_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, Conv2dRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_conv2d_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_conv2d_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
