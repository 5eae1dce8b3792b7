// gemm on oneDNN's sgemm: no primitive is created, so a new shape costs nothing.

#include "framework/ops/gemm/gemm.hpp"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>

#include "framework/base/error.hpp"
#include "framework/ops/parallel.hpp"

namespace laconic::ops {

namespace {

void scale(float beta, MatrixView<float> c) {
  for (int64_t i = 0; i < c.rows; ++i)
    for (int64_t j = 0; j < c.cols; ++j) c(i, j) = beta == 0 ? 0 : beta * c(i, j);
}

}  // namespace

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
  // A matrix of one row may come with a stride below its width; oneDNN wants it at least as wide.
  const auto leading = [](MatrixView<const float> x) { return std::max(x.stride, x.cols); };
  const LibraryThreads threads(context.threads);
  const dnnl_status_t status =
      dnnl_sgemm(a_plain ? 'N' : 'T', b_plain ? 'N' : 'T', m, n, depth, alpha, a.data, leading(a),
                 b.data, leading(b), beta, c.data, leading(c));
  LACONIC_CHECK(status == dnnl_success, "dnnl_sgemm: status {}", static_cast<int>(status));
}

}  // namespace laconic::ops
