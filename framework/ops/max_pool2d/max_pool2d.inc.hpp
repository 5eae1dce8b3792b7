// Max pooling of one image whose channels lie side by side: lanes are channels.

static void max_pool(const MaxPoolArgs& a, const float* x, float* y, float* places) {
  for (int64_t oy = 0; oy < a.out_height; ++oy)
    for (int64_t ox = 0; ox < a.out_width; ++ox) {
      const float* window = x + (oy * a.width + ox) * a.stride * a.channels;
      for_vectors(
          a.channels, [&](int64_t c, int lanes) __attribute__((always_inline)) {
            Vec best = load(window + c, lanes), place{};
            for (int64_t ky = 0; ky < a.kernel; ++ky)
              for (int64_t kx = 0; kx < a.kernel; ++kx) {
                const Vec v = load(window + (ky * a.width + kx) * a.channels + c, lanes);
                // Above, or NaN: once the best is NaN it stays.
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

// Adds to dx.
static void max_pool_backward(const MaxPoolArgs& a, const float* places, const float* dy,
                              float* dx) {
  for (int64_t oy = 0; oy < a.out_height; ++oy)
    for (int64_t ox = 0; ox < a.out_width; ++ox) {
      float* window = dx + (oy * a.width + ox) * a.stride * a.channels;
      for_vectors(
          a.channels, [&](int64_t c, int lanes) __attribute__((always_inline)) {
            const Vec d = load(dy + c, lanes), place = load(places + c, lanes);
            for (int64_t ky = 0; ky < a.kernel; ++ky)
              for (int64_t kx = 0; kx < a.kernel; ++kx) {
                float* target = window + (ky * a.width + kx) * a.channels + c;
                const Vec share = place == static_cast<float>(ky * a.kernel + kx) ? d : Vec{};
                store(target, load(target, lanes) + share, lanes);
              }
          });
      dy += a.channels;
      places += a.channels;
    }
}
