// The reference for max_pool2d.

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
    for_windows(frame, [&](int64_t out, int64_t c, auto pixel_at) {
      const auto x = [&](int64_t place) { return frame.inputs[0].dense(pixel_at(place), c); };
      int64_t winner = 0;
      for (int64_t place = 1; place < s_.kernel * s_.kernel; ++place)
        if (pixel_at(place) >= 0 && !std::isnan(x(winner)) &&
            (x(place) > x(winner) || std::isnan(x(place))))
          winner = place;
      frame.output(out, c) = x(winner);
      saved(frame, out, c) = static_cast<T>(winner);
    });
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx) return;
    for (int64_t i = 0; !cotangents.accumulate[0] && i < dx.rows; ++i)
      for (int64_t j = 0; j < dx.cols; ++j) dx(i, j) = 0;
    for_windows(frame, [&](int64_t out, int64_t c, auto pixel_at) {
      dx(pixel_at(static_cast<int64_t>(saved(frame, out, c))), c) += cotangents.output(out, c);
    });
  }

 private:
  // Calls body(output pixel, channel, pixel_at). pixel_at(ky * kernel + kx) is the input pixel at
  // this position of the window; -1 outside the image.
  template <class Body>
  void for_windows(const Frame<T>& frame, Body body) const {
    const Extent from = frame.input_extents[0], to = frame.output_extents[0];
    for (int64_t i = 0; i < to.items; ++i)
      for (int64_t y = 0; y < to.height; ++y)
        for (int64_t x = 0; x < to.width; ++x)
          for (int64_t c = 0; c < s_.channels; ++c)
            body((i * to.height + y) * to.width + x, c, [=, this](int64_t place) -> int64_t {
              const int64_t from_y = y * s_.stride + place / s_.kernel;
              const int64_t from_x = x * s_.stride + place % s_.kernel;
              if (from_y >= from.height || from_x >= from.width) return -1;
              return (i * from.height + from_y) * from.width + from_x;
            });
  }
  T& saved(const Frame<T>& frame, int64_t out, int64_t c) const {
    return frame.saved[out * s_.channels + c];
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
