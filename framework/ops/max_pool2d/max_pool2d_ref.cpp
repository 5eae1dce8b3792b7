// The truth about max_pool2d.

#include <cmath>

#include "framework/ops/kind.hpp"
#include "framework/ops/max_pool2d/max_pool2d.hpp"

namespace laconic::ops {

namespace {

template <class T>
class MaxPool2dRef final : public Kernel<T> {
 public:
  MaxPool2dRef(const NodeSpec& node, const Context&) : s_(node) {}

  void forward(const Frame<T>& frame) override {
    for_outputs(frame, [&](int64_t i, int64_t out, auto input_at) {
      const auto x = [&](int64_t place) { return frame.inputs[0].dense(i, input_at(place)); };
      int64_t winner = 0;
      for (int64_t place = 1; place < s_.kernel * s_.kernel; ++place)
        if (!std::isnan(x(winner)) && (x(place) > x(winner) || std::isnan(x(place))))
          winner = place;
      frame.output(i, out) = x(winner);
      saved(frame, i, out) = static_cast<T>(winner);
    });
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx) return;
    for (int64_t i = 0; !cotangents.accumulate[0] && i < dx.rows; ++i)
      for (int64_t j = 0; j < dx.cols; ++j) dx(i, j) = 0;
    for_outputs(frame, [&](int64_t i, int64_t out, auto input_at) {
      dx(i, input_at(static_cast<int64_t>(saved(frame, i, out)))) += cotangents.output(i, out);
    });
  }

 private:
  // Calls body(image, output element, input_at): input_at(ky * kernel + kx) is the input element
  // there in the window.
  template <class Body>
  void for_outputs(const Frame<T>& frame, Body body) const {
    for (int64_t i = 0; i < frame.rows; ++i)
      for (int64_t y = 0; y < s_.out_height(); ++y)
        for (int64_t x = 0; x < s_.out_width(); ++x)
          for (int64_t c = 0; c < s_.channels; ++c)
            body(i, (y * s_.out_width() + x) * s_.channels + c, [=, this](int64_t place) {
              const int64_t from_y = y * s_.stride + place / s_.kernel;
              const int64_t from_x = x * s_.stride + place % s_.kernel;
              return (from_y * s_.width + from_x) * s_.channels + c;
            });
  }
  T& saved(const Frame<T>& frame, int64_t i, int64_t out) const {
    return frame.saved[i * s_.output_width() + out];
  }

  MaxPool2dShape s_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_max_pool2d_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, MaxPool2dRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_max_pool2d_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_max_pool2d_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
