// The row kernel of SpMM. A block of up to 8 vectors of columns stays in registers while a row's
// nonzeros stream by; the row of x that is needed kBytesAhead from now is fetched meanwhile (it is
// a random access, so the hardware cannot guess it). Narrow blocks keep several partial sums to
// hide the latency of an addition; the order of summation depends on the row alone.
//
// Blocks, measured on Zen 4: 256 bytes of a row are best, unless rows start a multiple of 512 bytes
// apart: a narrow block would then use a fraction of the caches' sets, so it takes 512 bytes.

enum class Weights { ones, source, value };
constexpr int kMaxVectors = 8;
constexpr int kBlockBytes = 256;
constexpr int kWideBytes = 512;
constexpr int kBytesAhead = 4096;  // under way at once: a third of L1 leaves room for the rest

template <Weights weights, int vectors, bool masked>
static void spmm_block(const SpmmArgs& a, int64_t first, int64_t last, int64_t column, int tail) {
  constexpr int chains = vectors == 1 ? 4 : vectors == 2 ? 2 : 1;
  constexpr int bytes = vectors * kLanes * 4;
  constexpr int kAhead = bytes > kBlockBytes ? kBytesAhead / kWideBytes : kBytesAhead / kBlockBytes;
  const float* const x = a.x.data + column;
  const int64_t stride = a.x.stride;
  const int64_t final = a.indptr[last] - 1;

  const auto fetch = [&](const float* p, int v) __attribute__((always_inline)) {
    return masked && v == vectors - 1 ? load(p + v * kLanes, tail) : load(p + v * kLanes);
  };
  const auto accumulate = [&](Vec * sum, int64_t p) __attribute__((always_inline)) {
    const int64_t ahead = p + kAhead < final ? p + kAhead : final;
    const char* next = reinterpret_cast<const char*>(x + a.indices[ahead] * stride);
    for (int line = 0; line < bytes; line += 64) __builtin_prefetch(next + line, 0, 3);
    const float* row = x + a.indices[p] * stride;
    if constexpr (weights == Weights::ones) {
      for (int v = 0; v < vectors; ++v) sum[v] += fetch(row, v);
    } else {
      const float w = weights == Weights::source ? a.source_scale[a.indices[p]] : a.values[p];
      for (int v = 0; v < vectors; ++v) sum[v] += w * fetch(row, v);
    }
  };

  for (int64_t i = first; i < last; ++i) {
    Vec sum[chains][vectors] = {};
    int64_t p = a.indptr[i];
    const int64_t end = a.indptr[i + 1];
    for (; p + chains <= end; p += chains)
      for (int c = 0; c < chains; ++c) accumulate(sum[c], p + c);
    if constexpr (chains > 1)
      for (; p < end; ++p) accumulate(sum[0], p);

    const float scale = a.row_scale != nullptr ? a.row_scale[i] : 1.0f;
    float* out = a.out.data + i * a.out.stride + column;
    for (int v = 0; v < vectors; ++v) {
      Vec y = sum[0][v];
      for (int c = 1; c < chains; ++c) y += sum[c][v];
      y *= scale;
      if (a.diagonal != nullptr) y += a.diagonal[i] * fetch(a.diagonal_x + i * stride + column, v);
      if (a.addend.data != nullptr) y += fetch(a.addend.data + i * a.addend.stride + column, v);
      if (masked && v == vectors - 1) {
        store(out + v * kLanes, y, tail);
      } else {
        store(out + v * kLanes, y);
      }
    }
  }
}

template <Weights weights, bool masked>
static void spmm_columns(const SpmmArgs& a, int64_t first, int64_t last, int64_t column,
                         int vectors, int tail) {
  constexpr void (*blocks[kMaxVectors])(const SpmmArgs&, int64_t, int64_t, int64_t, int) = {
      spmm_block<weights, 1, masked>, spmm_block<weights, 2, masked>,
      spmm_block<weights, 3, masked>, spmm_block<weights, 4, masked>,
      spmm_block<weights, 5, masked>, spmm_block<weights, 6, masked>,
      spmm_block<weights, 7, masked>, spmm_block<weights, 8, masked>};
  blocks[vectors - 1](a, first, last, column, tail);
}

template <Weights weights>
static void spmm_rows(const SpmmArgs& a, int64_t first, int64_t last) {
  const int64_t row_bytes = a.x.stride * 4;
  const int64_t bytes = row_bytes % kWideBytes == 0 ? kWideBytes : kBlockBytes;
  const int64_t most = bytes / 4 / kLanes < kMaxVectors ? bytes / 4 / kLanes : kMaxVectors;
  for (int64_t column = 0; column < a.cols; column += most * kLanes) {
    const int64_t left = a.cols - column;
    const int vectors =
        static_cast<int>(left >= most * kLanes ? most : (left + kLanes - 1) / kLanes);
    const int64_t last_lanes = left - (vectors - 1) * kLanes;
    const int tail = static_cast<int>(last_lanes < kLanes ? last_lanes : kLanes);
    if (tail < kLanes) {
      spmm_columns<weights, true>(a, first, last, column, vectors, tail);
    } else {
      spmm_columns<weights, false>(a, first, last, column, vectors, kLanes);
    }
  }
}

static void spmm(const SpmmArgs& a, int64_t first, int64_t last) {
  if (a.source_scale != nullptr) return spmm_rows<Weights::source>(a, first, last);
  if (a.values != nullptr) return spmm_rows<Weights::value>(a, first, last);
  spmm_rows<Weights::ones>(a, first, last);
}
