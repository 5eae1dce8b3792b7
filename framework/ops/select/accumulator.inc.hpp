// Reading an accumulator that is nowhere in memory: acc_i = scale * residual_i + gradient_i, the
// same bits whether or not the instruction set can fuse the product with the sum.

// The compiler must not look through this: where contraction is on, it would skip the rounding.
template <class V>
[[gnu::always_inline]] static inline V rounded(V product) {
#if defined(__AVX512F__)
  asm("" : "+v"(product));
#elif defined(__AVX2__)
  asm("" : "+x"(product));
#endif
  return product;
}

// Calls body(read), where read(i, lanes) is acc_i and the next lanes; zeros in lanes that are cut
// off.
template <class Body>
[[gnu::always_inline]] static inline void with_accumulator(const AccumulatorArgs& args, Body body) {
  const float *residual = args.residual, *gradient = args.gradient;
  if (residual == nullptr) {
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return Vec{} + load(gradient + i, lanes);  // the sum makes +0 of -0
    });
  } else if (args.scale == 1) {
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return load(residual + i, lanes) + load(gradient + i, lanes);
    });
  } else {
    const Vec scale = broadcast(args.scale);
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return rounded(scale * load(residual + i, lanes)) + load(gradient + i, lanes);
    });
  }
}

static void accumulate(const AccumulatorArgs& args, int64_t count, float* out) {
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        for_vectors(
            count, [&](int64_t i, int lanes)
                       __attribute__((always_inline)) { store(out + i, read(i, lanes), lanes); });
      });
}

// Element first + i is added to sum i % 8, whatever the width of a vector.
static void moment_sums(const AccumulatorArgs& args, int64_t first, int64_t last, double centre,
                        double sums[2]) {
  constexpr int width = kLanes / 2;  // doubles in a register
  constexpr int parts = 8 / width;   // that make up the eight sums
  constexpr int step = kLanes < 8 ? 8 : kLanes;
  typedef float Part __attribute__((vector_size(width * 4)));
  typedef double DoublePart __attribute__((vector_size(width * 8)));
  DoublePart sum[parts] = {}, squares[parts] = {};
  const auto add = [&](const Vec* acc, int lanes) __attribute__((always_inline)) {
    for (int part = 0; part < step / width; ++part) {
      Part some;
      __builtin_memcpy(&some, reinterpret_cast<const char*>(acc) + part * sizeof some, sizeof some);
      DoublePart x = __builtin_convertvector(some, DoublePart) - centre;
      if (lanes < step)
        for (int lane = 0; lane < width; ++lane)
          x[lane] = part * width + lane < lanes ? x[lane] : 0;
      sum[part % parts] += x;
      squares[part % parts] += rounded(x * x);
    }
  };
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        int64_t i = first;
        Vec acc[step / kLanes];
        for (; i + step <= last; i += step) {
          for (int j = 0; j < step / kLanes; ++j) acc[j] = read(i + j * kLanes, kLanes);
          add(acc, step);
        }
        if (i == last) return;
        for (int j = 0; j < step / kLanes; ++j) {
          const int64_t left = last - i - j * kLanes;
          acc[j] = left <= 0 ? Vec{} : read(i + j * kLanes, left < kLanes ? (int)left : kLanes);
        }
        add(acc, static_cast<int>(last - i));
      });
  sums[0] = sums[1] = 0;
  for (int lane = 0; lane < 8; ++lane) {
    sums[0] += sum[lane / width][lane % width];
    sums[1] += squares[lane / width][lane % width];
  }
}
