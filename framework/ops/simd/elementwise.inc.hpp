// Elementwise bodies over row-major matrices with strides, and sums over rows.

static void copy(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] = x.data[i * x.stride + j];
}

static void add(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] += x.data[i * x.stride + j];
}

static void fill_rows(const float* row, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) y.data[i * y.stride + j] = row[j];
}

// Blocks of rows are summed in registers first, so the error grows with rows / 256 + 256, not with
// rows.
static void column_sums(Strided<const float> x, float* sums, int64_t rows, int64_t first_col,
                        int64_t last_col) {
  constexpr int64_t block = 256;
  for_vectors(
      last_col - first_col, [&](int64_t offset, int lanes) __attribute__((always_inline)) {
        const int64_t j = first_col + offset;
        Vec total = load(sums + j, lanes);
        for (int64_t first = 0; first < rows; first += block) {
          const int64_t last = first + block < rows ? first + block : rows;
          Vec sum{};
          for (int64_t i = first; i < last; ++i) sum += load(x.data + i * x.stride + j, lanes);
          total += sum;
        }
        store(sums + j, total, lanes);
      });
}

// Written so that NaN stays NaN.
static void relu(Strided<const float> x, Strided<float> y, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) {
      const float value = x.data[i * x.stride + j];
      y.data[i * y.stride + j] = value < 0 ? 0 : value;
    }
}

static void relu_backward(Strided<const float> y, Strided<const float> dy, Strided<float> dx,
                          bool accumulate, int64_t rows, int64_t cols) {
  for (int64_t i = 0; i < rows; ++i)
    for_vectors(
        cols, [&](int64_t j, int lanes) __attribute__((always_inline)) {
          const Vec pass = load(y.data + i * y.stride + j, lanes);
          Vec d = pass > 0 ? load(dy.data + i * dy.stride + j, lanes) : Vec{};
          float* target = dx.data + i * dx.stride + j;
          if (accumulate) d += load(target, lanes);
          store(target, d, lanes);
        });
}
