// The reference for flatten.

#include "framework/ops/flatten/flatten.hpp"
#include "framework/ops/kind.hpp"

namespace laconic::ops {

namespace {

template <class T>
class FlattenRef final : public Kernel<T> {
 public:
  FlattenRef(const NodeSpec& node, const Context&)
      : node_(node),
        height_(integer_attribute(node, "height", 0)),
        width_(integer_attribute(node, "width", 0)) {}

  void forward(const Frame<T>& frame) override {
    const Extent& image = frame.input_extents[0];
    if (image.height != height_ || image.width != width_)
      fail_node(node_,
                "the images have {} x {} pixels here, it is made for {} x {}; a network for images "
                "of any size uses mean_pool",
                image.height, image.width, height_, width_);
    const MatrixView<const T> x = frame.inputs[0].dense;
    if (frame.output.data == x.data) return;
    for_elements(frame, [&](int64_t pixel, int64_t c, int64_t item, int64_t j) {
      frame.output(item, j) = x(pixel, c);
    });
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<T> dx = cotangents.inputs[0];
    if (!dx || dx.data == cotangents.output.data) return;
    for_elements(frame, [&](int64_t pixel, int64_t c, int64_t item, int64_t j) {
      put(dx(pixel, c), cotangents.accumulate[0], cotangents.output(item, j));
    });
  }

 private:
  // Calls body(input pixel, channel, item, output element) for each element.
  template <class Body>
  static void for_elements(const Frame<T>& frame, Body body) {
    const Extent& image = frame.input_extents[0];
    const int64_t channels = frame.output.cols / std::max<int64_t>(1, image.pixels());
    for (int64_t item = 0; item < image.items; ++item)
      for (int64_t p = 0; p < image.pixels(); ++p)
        for (int64_t c = 0; c < channels; ++c)
          body(item * image.pixels() + p, c, item, p * channels + c);
  }

  NodeSpec node_;
  int64_t height_, width_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_flatten_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, FlattenRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_flatten_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_flatten_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
