// gemm on oneDNN's sgemm: no primitive is created, so a new shape costs nothing.

#include "framework/ops/gemm/gemm.hpp"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

namespace {

dnnl_cpu_isa_t onednn_isa(Isa isa) {
  switch (isa) {
    case Isa::generic:
      return dnnl_cpu_isa_sse41;  // the lowest that oneDNN has
    case Isa::avx2:
      return dnnl_cpu_isa_avx2;
    case Isa::avx512:
      break;
  }
  return dnnl_cpu_isa_all;
}

// Returns whether bits depend on how a matrix is divided among threads. oneDNN's AVX2 kernels sum
// in another order at the edges of a part than in its middle; its other kernels do not.
bool bits_follow_the_cut() {
  limit_gemm(detect_isa());
  const auto has = [isa = dnnl_get_effective_cpu_isa()](dnnl_cpu_isa_t wanted) {
    return (isa & wanted) == wanted;
  };
  return has(dnnl_cpu_isa_avx) && !has(dnnl_cpu_isa_avx512_core);
}

// Cuts the m x n target into tiles that depend on m and n alone, for such kernels.
class Tiles {
 public:
  Tiles(int64_t m, int64_t n) : m_(m), n_(n), rows_(m < 1024 ? 64 : 256) {}
  int64_t count() const { return blocks(m_, rows_) * blocks(n_, kCols); }
  struct Tile {
    int64_t row, rows, col, cols;
  };
  Tile operator[](int64_t i) const {
    const int64_t row = i / blocks(n_, kCols) * rows_, col = i % blocks(n_, kCols) * kCols;
    return {row, std::min(rows_, m_ - row), col, std::min(kCols, n_ - col)};
  }

 private:
  static constexpr int64_t kCols = 256;
  static int64_t blocks(int64_t size, int64_t block) { return (size + block - 1) / block; }
  int64_t m_, n_, rows_;
};

void product(Transpose ta, Transpose tb, float alpha, MatrixView<const float> a,
             MatrixView<const float> b, float beta, MatrixView<float> c) {
  // A matrix of one row may have a stride below its width; oneDNN needs at least the width.
  const auto leading = [](MatrixView<const float> x) { return std::max(x.stride, x.cols); };
  const auto letter = [](Transpose t) { return t == Transpose::no ? 'N' : 'T'; };
  const dnnl_status_t status =
      dnnl_sgemm(letter(ta), letter(tb), c.rows, c.cols, ta == Transpose::no ? a.cols : a.rows,
                 alpha, a.data, leading(a), b.data, leading(b), beta, c.data, leading(c));
  LACONIC_CHECK(status == dnnl_success, "dnnl_sgemm: status {}", static_cast<int>(status));
}

void scale(float beta, MatrixView<float> c) {
  for (int64_t i = 0; i < c.rows; ++i)
    for (int64_t j = 0; j < c.cols; ++j) c(i, j) = beta == 0 ? 0 : beta * c(i, j);
}

}  // namespace

bool limit_gemm(Isa isa) {
  static const Isa chosen = [isa] {
    // Fails where oneDNN does not have this switch, as on Arm; nothing needs a limit there.
    static_cast<void>(dnnl_set_max_cpu_isa(onednn_isa(isa)));
    return isa;
  }();
  return chosen <= isa;
}

void gemm(const Context& context, Transpose ta, Transpose tb, float alpha,
          MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c) {
  const bool a_plain = ta == Transpose::no, b_plain = tb == Transpose::no;
  const int64_t m = a_plain ? a.rows : a.cols, depth = a_plain ? a.cols : a.rows;
  const int64_t n = b_plain ? b.cols : b.rows;
  LACONIC_CHECK(m == c.rows && n == c.cols && depth == (b_plain ? b.rows : b.cols),
                "gemm: {} x {} times {} x {} into {} x {}", m, depth, b_plain ? b.rows : b.cols, n,
                c.rows, c.cols);
  if (c.empty()) return;
  if (depth == 0) return scale(beta, c);
  static const bool tiled = bits_follow_the_cut();
  if (!tiled) {
    const LibraryThreads threads(context.threads);
    return product(ta, tb, alpha, a, b, beta, c);
  }
  const LibraryThreads serial(1);
  const Tiles tiles(m, n);
  parallel_for(context.threads, tiles.count(), [&](int64_t t) {
    const auto [row, rows, col, cols] = tiles[t];
    product(ta, tb, alpha, a_plain ? a.rows_from(row, rows) : a.columns(row, rows),
            b_plain ? b.columns(col, cols) : b.rows_from(col, cols), beta,
            c.rows_from(row, rows).columns(col, cols));
  });
}

}  // namespace laconic::ops
