// The row kernel of SpMM. A block of up to 8 vectors of columns stays in registers during the loop
// over a row's nonzeros. The row of x that is needed kBytesAhead later is prefetched, since the
// hardware cannot predict this random access. Narrow blocks have several partial sums to hide the
// latency of an addition. The order of summation depends on the row alone.
//
// Block sizes, measured on Zen 4: 256 bytes of a row are best. If the distance between rows is a
// multiple of 512 bytes, such a block would use only a fraction of the caches' sets. Then a block
// has 512 bytes.
#include "framework/ops/simd/vector.hpp"
#include "framework/ops/spmm/spmm_kernels.hpp"

namespace laconic::ops {
namespace {

enum class Weights { ones, source, value, both };
constexpr int kMaxVectors = 8;
constexpr int kBlockBytes = 256;
constexpr int kWideBytes = 512;
constexpr int kBytesAhead = 4096;  // bytes in flight; they leave space in L1 for other data

template <Weights weights, int vectors, bool masked>
void spmm_block(const SpmmArgs& a, int64_t first, int64_t last, int64_t column, int tail) {
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
      float w = weights == Weights::source ? a.source_scale[a.indices[p]] : a.values[p];
      if constexpr (weights == Weights::both) w *= a.source_scale[a.indices[p]];
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
void spmm_columns(const SpmmArgs& a, int64_t first, int64_t last, int64_t column, int vectors,
                  int tail) {
  constexpr void (*blocks[kMaxVectors])(const SpmmArgs&, int64_t, int64_t, int64_t, int) = {
      spmm_block<weights, 1, masked>, spmm_block<weights, 2, masked>,
      spmm_block<weights, 3, masked>, spmm_block<weights, 4, masked>,
      spmm_block<weights, 5, masked>, spmm_block<weights, 6, masked>,
      spmm_block<weights, 7, masked>, spmm_block<weights, 8, masked>};
  blocks[vectors - 1](a, first, last, column, tail);
}

template <Weights weights>
void spmm_rows(const SpmmArgs& a, int64_t first, int64_t last) {
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

void spmm(const SpmmArgs& a, int64_t first, int64_t last) {
  if (a.source_scale != nullptr && a.values != nullptr)
    return spmm_rows<Weights::both>(a, first, last);
  if (a.source_scale != nullptr) return spmm_rows<Weights::source>(a, first, last);
  if (a.values != nullptr) return spmm_rows<Weights::value>(a, first, last);
  spmm_rows<Weights::ones>(a, first, last);
}

// dw[indices[p]] += values[p] * dz_i: the adjoint of sparse times dense, without a transposed copy.
// A row of dz stays in registers while it is added to the rows of dw. Each element of dw is summed
// in row order.
template <int vectors, bool masked>
void scatter_block(const int64_t* indptr, const int32_t* indices, const float* values, int64_t rows,
                   Strided<const float> dz, Strided<float> dw, int64_t column, int tail) {
  constexpr int kAhead = 16;
  const int64_t final = indptr[rows] - 1;
  for (int64_t i = 0; i < rows; ++i) {
    Vec z[vectors];
    for (int v = 0; v < vectors; ++v) {
      const float* p = dz.data + i * dz.stride + column + v * kLanes;
      z[v] = masked && v == vectors - 1 ? load(p, tail) : load(p);
    }
    for (int64_t p = indptr[i]; p < indptr[i + 1]; ++p) {
      const int64_t ahead = p + kAhead < final ? p + kAhead : final;
      const char* next =
          reinterpret_cast<const char*>(dw.data + indices[ahead] * dw.stride + column);
      for (int line = 0; line < vectors * kLanes * 4; line += 64)
        __builtin_prefetch(next + line, 1);
      const float weight = values != nullptr ? values[p] : 1.0f;
      float* w = dw.data + indices[p] * dw.stride + column;
      for (int v = 0; v < vectors; ++v, w += kLanes) {
        if (masked && v == vectors - 1) {
          store(w, load(w, tail) + weight * z[v], tail);
        } else {
          store(w, load(w) + weight * z[v]);
        }
      }
    }
  }
}

void scatter_rows(const int64_t* indptr, const int32_t* indices, const float* values, int64_t rows,
                  Strided<const float> dz, Strided<float> dw, int64_t first_col, int64_t last_col) {
  int64_t column = first_col;
  for (; column + 4 * kLanes <= last_col; column += 4 * kLanes)
    scatter_block<4, false>(indptr, indices, values, rows, dz, dw, column, kLanes);
  for (; column + kLanes <= last_col; column += kLanes)
    scatter_block<1, false>(indptr, indices, values, rows, dz, dw, column, kLanes);
  if (column < last_col)
    scatter_block<1, true>(indptr, indices, values, rows, dz, dw, column,
                           static_cast<int>(last_col - column));
}

}  // namespace

constinit const SpmmKernels LACONIC_THIS_ISA(spmm) = {
    .rows = spmm,
    .scatter_rows = scatter_rows,
};

}  // namespace laconic::ops
