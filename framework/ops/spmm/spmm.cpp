// Cuts sparse products into tiles of equal work and calls the kernels of the instruction set for
// them.

#include "framework/ops/spmm/spmm.hpp"

#include <algorithm>

#include "framework/base/equal_cut.hpp"
#include "framework/base/error.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"
#include "framework/ops/spmm/spmm_kernels.hpp"

namespace laconic::ops {

namespace {

constexpr int64_t kRowCost = 4;  // writing a row costs about as much as this many nonzeros

// Returns the first row of tile `t`. Tiles have equal numbers of nonzeros + kRowCost * rows.
int64_t tile_begin(const CsrView& pattern, int64_t t, int64_t tiles) {
  const int64_t rows = pattern.rows();
  const auto cost = [&](int64_t row) {
    return pattern.indptr[row] - pattern.indptr[0] + kRowCost * row;
  };
  const int64_t wanted = equal_cut(cost(rows), tiles, t);
  int64_t low = 0, high = rows;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (cost(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return t == tiles ? rows : low;
}

// Uses several tiles per thread, since rows whose sources are in the cache take less time.
void run(const Context& context, const CsrView& pattern, const SpmmArgs& args) {
  const int64_t tiles = context.threads <= 1 ? 1 : 8 * int64_t{context.threads};
  const auto kernel = spmm_kernels(context.isa).rows;
  parallel_for(context.threads, tiles, [&](int64_t t) {
    const int64_t first = tile_begin(pattern, t, tiles);
    const int64_t last = tile_begin(pattern, t + 1, tiles);
    if (first < last) kernel(args, first, last);
  });
}

template <class T>
const T* data_or_null(std::span<const T> values, int64_t first = 0) {
  return values.empty() ? nullptr : values.data() + first;
}

}  // namespace

void spmm(const Context& context, const Neighbourhood<float>& a, MatrixView<const float> x,
          MatrixView<const float> addend, MatrixView<float> out) {
  LACONIC_CHECK(a.pattern.rows() == out.rows && x.cols == out.cols,
                "spmm: {} x {} from {} rows and {} columns", out.rows, out.cols, a.pattern.rows(),
                x.cols);
  if (out.empty()) return;
  SpmmArgs args{};
  args.indptr = a.pattern.indptr.data();
  args.indices = a.pattern.indices.data();
  args.source_scale = data_or_null(a.source_scale);
  args.values = data_or_null(a.weights);
  args.row_scale = data_or_null(a.row_scale, a.first_row);
  args.diagonal = data_or_null(a.diagonal, a.first_row);
  args.diagonal_x = x.row(a.first_row);
  args.x = strided(x);
  args.addend = strided(addend);
  args.out = strided(out);
  args.cols = out.cols;
  run(context, a.pattern, args);
}

void sparse_times_dense(const Context& context, const SparseView<float>& x,
                        MatrixView<const float> w, bool accumulate, MatrixView<float> out) {
  LACONIC_CHECK(x.pattern.rows() == out.rows && x.cols == w.rows && w.cols == out.cols,
                "sparse_times_dense: ({} x {}) * ({} x {}) -> {} x {}", x.pattern.rows(), x.cols,
                w.rows, w.cols, out.rows, out.cols);
  if (out.empty()) return;
  SpmmArgs args{};
  args.indptr = x.pattern.indptr.data();
  args.indices = x.pattern.indices.data();
  args.values = data_or_null(x.values);
  args.x = strided(w);
  if (accumulate) args.addend = strided(MatrixView<const float>(out));
  args.out = strided(out);
  args.cols = out.cols;
  run(context, x.pattern, args);
}

void sparse_transposed_times_dense(const Context& context, const SparseView<float>& x,
                                   MatrixView<const float> dz, MatrixView<float> dw) {
  LACONIC_CHECK(x.pattern.rows() == dz.rows && x.cols == dw.rows && dz.cols == dw.cols,
                "sparse_transposed_times_dense: ({} x {})^T * ({} x {}) -> {} x {}",
                x.pattern.rows(), x.cols, dz.rows, dz.cols, dw.rows, dw.cols);
  if (dz.empty() || dw.empty()) return;
  // Strips of whole cache lines; few, because every strip reads all indices.
  const int64_t lines = (dw.cols + 15) / 16;
  const int64_t strips = std::min<int64_t>(std::max(1, context.threads), lines);
  parallel_for(context.threads, strips, [&](int64_t s) {
    const int64_t first = 16 * (lines * s / strips);
    const int64_t last = std::min(dw.cols, 16 * (lines * (s + 1) / strips));
    spmm_kernels(context.isa)
        .scatter_rows(x.pattern.indptr.data(), x.pattern.indices.data(), data_or_null(x.values),
                      x.pattern.rows(), strided(dz), strided(dw), first, last);
  });
}

}  // namespace laconic::ops
