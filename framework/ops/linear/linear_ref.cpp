// The reference for linear.

#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/linear/linear.hpp"

namespace laconic::ops {

namespace {

// Calls use(column, value) for each entry of row i of a sparse input.
template <class T, class Use>
void for_row(const Input<T>& x, int64_t i, Use use) {
  if (x.is_bits()) {
    for (int64_t j = 0; j < x.bits.matrix.cols; ++j)
      if (x.bits.matrix(i, j)) use(j, T{1});
    return;
  }
  const auto& [pattern, values, cols] = x.sparse;
  for (int64_t p = pattern.indptr[i]; p < pattern.indptr[i + 1]; ++p)
    use(pattern.indices[p], values.empty() ? T{1} : values[p]);
}

template <class T>
class LinearRef final : public Kernel<T> {
 public:
  LinearRef(const NodeSpec& node, const Context&) : bias_(flag_attribute(node, "bias", false)) {
    for (const ValueSpec& input : node.inputs) widths_.push_back(input.width);
  }

  void forward(const Frame<T>& frame) override {
    const MatrixView<T> z = frame.output;
    for (int64_t i = 0; i < z.rows; ++i)
      for (int64_t j = 0; j < z.cols; ++j)
        z(i, j) = bias_ ? frame.parameters[widths_.size()][j] : T{0};
    for (size_t n = 0; n < widths_.size(); ++n) {
      const MatrixView<const T> w(frame.parameters[n].data(), widths_[n], z.cols);
      const Input<T>& x = frame.inputs[n];
      if (!x.is_sparse() && !x.is_bits()) {
        gemm_ref<T>(Transpose::no, Transpose::no, 1, x.dense, w, 1, z);
        continue;
      }
      for (int64_t i = 0; i < z.rows; ++i)
        for_row(x, i, [&](int64_t column, T value) {
          for (int64_t j = 0; j < z.cols; ++j) z(i, j) += value * w(column, j);
        });
    }
  }

  void backward(const Frame<T>& frame, const Cotangents<T>& cotangents) override {
    const MatrixView<const T> dz = cotangents.output;
    for (size_t n = 0; n < widths_.size(); ++n) {
      const MatrixView<const T> w(frame.parameters[n].data(), widths_[n], dz.cols);
      const Input<T>& x = frame.inputs[n];
      if (cotangents.inputs[n])
        gemm_ref<T>(Transpose::no, Transpose::yes, 1, dz, w, cotangents.accumulate[n] ? 1 : 0,
                    cotangents.inputs[n]);
      if (cotangents.parameters[n].empty()) continue;
      const MatrixView<T> dw(cotangents.parameters[n].data(), widths_[n], dz.cols);
      if (!x.is_sparse() && !x.is_bits()) {
        gemm_ref<T>(Transpose::yes, Transpose::no, 1, x.dense, dz, 1, dw);
        continue;
      }
      for (int64_t i = 0; i < dz.rows; ++i)
        for_row(x, i, [&](int64_t column, T value) {
          for (int64_t j = 0; j < dz.cols; ++j) dw(column, j) += value * dz(i, j);
        });
    }
    if (bias_ && !cotangents.parameters[widths_.size()].empty())
      for (int64_t i = 0; i < dz.rows; ++i)
        for (int64_t j = 0; j < dz.cols; ++j) cotangents.parameters[widths_.size()][j] += dz(i, j);
  }

 private:
  std::vector<int64_t> widths_;
  bool bias_;
};

}  // namespace

template <class T>
std::unique_ptr<Kernel<T>> make_linear_ref(const NodeSpec& node, const Context& context) {
  return make_kernel<T, LinearRef<T>>(node, context);
}
template std::unique_ptr<Kernel<float>> make_linear_ref(const NodeSpec&, const Context&);
template std::unique_ptr<Kernel<double>> make_linear_ref(const NodeSpec&, const Context&);

}  // namespace laconic::ops
