// linear on sgemm, the sparse kernels and the table look-ups for bits.

#include <algorithm>

#include "framework/ops/bits/bits.hpp"
#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/linear/linear.hpp"
#include "framework/ops/parallel.hpp"
#include "framework/ops/simd/strided.hpp"
#include "framework/ops/spmm/spmm.hpp"

namespace laconic::ops {

namespace {

class LinearCpu final : public Kernel<float> {
 public:
  LinearCpu(const NodeSpec& node, const Context& context)
      : context_(context), bias_(flag_attribute(node, "bias", false)) {
    for (const ValueSpec& input : node.inputs) widths_.push_back(input.width);
  }

  void forward(const Frame<float>& frame) override {
    const MatrixView<float> z = frame.output;
    if (bias_) {
      const float* bias = frame.parameters[widths_.size()].data();
      parallel_rows(context_.threads, z.rows, z.cols, [&](int64_t first, int64_t count) {
        elementwise_kernels(context_.isa).fill_rows(bias, strided(z.rows_from(first, count)), count, z.cols);
      });
    }
    for (size_t n = 0; n < widths_.size(); ++n) {
      const MatrixView<const float> w(frame.parameters[n].data(), widths_[n], z.cols);
      const Input<float>& x = frame.inputs[n];
      const bool accumulate = bias_ || n > 0;
      if (x.is_bits()) {
        bits_times_dense(context_, x.bits.matrix, w, accumulate, z);
      } else if (x.is_sparse()) {
        sparse_times_dense(context_, x.sparse, w, accumulate, z);
      } else {
        gemm(context_, Transpose::no, Transpose::no, 1, x.dense, w, accumulate ? 1 : 0, z);
      }
    }
  }

  void backward(const Frame<float>& frame, const Cotangents<float>& cotangents) override {
    const MatrixView<const float> dz = cotangents.output;
    for (size_t n = 0; n < widths_.size(); ++n) {
      const MatrixView<const float> w(frame.parameters[n].data(), widths_[n], dz.cols);
      const Input<float>& x = frame.inputs[n];
      if (cotangents.inputs[n])
        gemm(context_, Transpose::no, Transpose::yes, 1, dz, w, cotangents.accumulate[n] ? 1 : 0,
             cotangents.inputs[n]);
      if (cotangents.parameters[n].empty()) continue;
      const MatrixView<float> dw(cotangents.parameters[n].data(), widths_[n], dz.cols);
      if (x.is_bits()) {
        bits_times_dense(context_, x.bits.transposed, dz, true, dw);
      } else if (x.is_sparse()) {
        sparse_transposed_times_dense(context_, x.sparse, dz, dw);
      } else {
        gemm(context_, Transpose::yes, Transpose::no, 1, x.dense, dz, 1, dw);
      }
    }
    if (bias_ && !cotangents.parameters[widths_.size()].empty())
      add_column_sums(dz, cotangents.parameters.back());
  }

 private:
  // Each thread sums its own columns, so the number of threads does not change the order of a sum.
  void add_column_sums(MatrixView<const float> dz, std::span<float> sums) const {
    constexpr int64_t strip = 64;
    parallel_for(context_.threads, (dz.cols + strip - 1) / strip, [&](int64_t s) {
      elementwise_kernels(context_.isa)
          .column_sums(strided(dz), sums.data(), dz.rows, s * strip,
                       std::min(dz.cols, (s + 1) * strip));
    });
  }

  Context context_;
  std::vector<int64_t> widths_;
  bool bias_;
};

}  // namespace

std::unique_ptr<Kernel<float>> make_linear_cpu(const NodeSpec& node, const Context& context) {
  return make_kernel<float, LinearCpu>(node, context);
}

}  // namespace laconic::ops
