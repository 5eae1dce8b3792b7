// Pools one image whose channels are contiguous: lanes are channels. The edge of the image cuts the
// last windows.
#include "framework/ops/max_pool2d/max_pool2d_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

inline int64_t rows_of_window(const MaxPoolArgs& a, int64_t oy) {
  const int64_t left = a.height - oy * a.stride;
  return left < a.kernel ? left : a.kernel;
}
inline int64_t cols_of_window(const MaxPoolArgs& a, int64_t ox) {
  const int64_t left = a.width - ox * a.stride;
  return left < a.kernel ? left : a.kernel;
}

void max_pool(const MaxPoolArgs& a, const float* x, float* y, float* places) {
  for (int64_t oy = 0; oy < a.out_height; ++oy)
    for (int64_t ox = 0; ox < a.out_width; ++ox) {
      const float* window = x + (oy * a.width + ox) * a.stride * a.channels;
      const int64_t rows = rows_of_window(a, oy), cols = cols_of_window(a, ox);
      for_vectors(
          a.channels, [&](int64_t c, int lanes) __attribute__((always_inline)) {
            Vec best = load(window + c, lanes), place{};
            for (int64_t ky = 0; ky < rows; ++ky)
              for (int64_t kx = 0; kx < cols; ++kx) {
                const Vec v = load(window + (ky * a.width + kx) * a.channels + c, lanes);
                // v is larger, or NaN. Once the best is NaN it stays.
                const Mask wins = ~(v <= best) & (best == best);
                best = wins ? v : best;
                place = wins ? broadcast(static_cast<float>(ky * a.kernel + kx)) : place;
              }
            store(y + c, best, lanes);
            store(places + c, place, lanes);
          });
      y += a.channels;
      places += a.channels;
    }
}

// Adds the gradients to dx.
void max_pool_backward(const MaxPoolArgs& a, const float* places, const float* dy, float* dx) {
  for (int64_t oy = 0; oy < a.out_height; ++oy)
    for (int64_t ox = 0; ox < a.out_width; ++ox) {
      float* window = dx + (oy * a.width + ox) * a.stride * a.channels;
      const int64_t rows = rows_of_window(a, oy), cols = cols_of_window(a, ox);
      for_vectors(
          a.channels, [&](int64_t c, int lanes) __attribute__((always_inline)) {
            const Vec d = load(dy + c, lanes), place = load(places + c, lanes);
            for (int64_t ky = 0; ky < rows; ++ky)
              for (int64_t kx = 0; kx < cols; ++kx) {
                float* target = window + (ky * a.width + kx) * a.channels + c;
                const Vec share = place == static_cast<float>(ky * a.kernel + kx) ? d : Vec{};
                store(target, load(target, lanes) + share, lanes);
              }
          });
      dy += a.channels;
      places += a.channels;
    }
}

}  // namespace

constinit const MaxPool2dKernels LACONIC_THIS_ISA(max_pool2d) = {
    .forward = max_pool,
    .backward = max_pool_backward,
};

}  // namespace laconic::ops
