// The references for the kernels of max_pool2d.
#include <cmath>

#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"

namespace laconic::ops {

namespace {

// Calls use(input, output, place) for each output and each place of its window, in order.
template <class Use>
void for_windows(const MaxPoolArgs& a, Use use) {
  int64_t output = 0;
  for (int64_t oy = 0; oy < a.out_height; ++oy)
    for (int64_t ox = 0; ox < a.out_width; ++ox)
      for (int64_t c = 0; c < a.channels; ++c, ++output)
        for (int64_t ky = 0; ky < a.kernel; ++ky)
          for (int64_t kx = 0; kx < a.kernel; ++kx)
            if (oy * a.stride + ky < a.height && ox * a.stride + kx < a.width)
              use(((oy * a.stride + ky) * a.width + ox * a.stride + kx) * a.channels + c, output,
                  ky * a.kernel + kx);
}

// The first of equals wins, and a NaN wins over numbers.
void forward(const MaxPoolArgs& a, const float* x, float* y, float* places) {
  for_windows(a, [&](int64_t input, int64_t output, int64_t place) {
    const bool wins = x[input] > y[output] || (std::isnan(x[input]) && !std::isnan(y[output]));
    if (place > 0 && !wins) return;
    y[output] = x[input];
    places[output] = static_cast<float>(place);
  });
}

void backward(const MaxPoolArgs& a, const float* places, const float* dy, float* dx) {
  for_windows(a, [&](int64_t input, int64_t output, int64_t place) {
    if (places[output] == static_cast<float>(place)) dx[input] += dy[output];
  });
}

}  // namespace

constinit const MaxPool2dKernels max_pool2d_kernels_ref = {.forward = forward,
                                                           .backward = backward};

}  // namespace laconic::ops
