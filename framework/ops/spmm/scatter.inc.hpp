// dw[indices[p]] += values[p] * dz_i: the adjoint of sparse times dense without a transposed copy.
// A row of dz stays in registers while it is added to the rows of dw. Every element of dw is summed
// in row order.

template <int vectors, bool masked>
static void scatter_block(const int64_t* indptr, const int32_t* indices, const float* values,
                          int64_t rows, Strided<const float> dz, Strided<float> dw, int64_t column,
                          int tail) {
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

static void scatter_rows(const int64_t* indptr, const int32_t* indices, const float* values,
                         int64_t rows, Strided<const float> dz, Strided<float> dw,
                         int64_t first_col, int64_t last_col) {
  int64_t column = first_col;
  for (; column + 4 * kLanes <= last_col; column += 4 * kLanes)
    scatter_block<4, false>(indptr, indices, values, rows, dz, dw, column, kLanes);
  for (; column + kLanes <= last_col; column += kLanes)
    scatter_block<1, false>(indptr, indices, values, rows, dz, dw, column, kLanes);
  if (column < last_col)
    scatter_block<1, true>(indptr, indices, values, rows, dz, dw, column,
                           static_cast<int>(last_col - column));
}
