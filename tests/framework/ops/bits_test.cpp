// Products of bits against the same numbers as floats: shapes around every block of the kernel,
// every instruction set of this machine; and a layer on bits against the same layer on a dense
// input.
#include "framework/ops/bits/bits.hpp"

#include <gtest/gtest.h>

#include "framework/ops/gemm/gemm.hpp"
#include "framework/ops/kind.hpp"
#include "framework/ops/linear/linear.hpp"
#include "tests/framework/ops/contexts.hpp"
#include "tests/framework/ops/sparse_matrices.hpp"

namespace laconic::ops {
namespace {

using test::contexts;
using test::Matrix;

// Zeros and ones in both forms. Bits beyond the last column are zero.
struct ZerosAndOnes {
  ZerosAndOnes(int64_t rows, int64_t cols, double density)
      : dense(rows, cols),
        words(BitView::words_per_row(cols) * rows),
        transposed_words(BitView::words_per_row(rows) * cols) {
    const Random random(5, Stream::test, static_cast<uint64_t>(rows), static_cast<uint32_t>(cols));
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < cols; ++j) {
        if (random.uniform(static_cast<uint64_t>(i * cols + j)) >= density) continue;
        dense.view()(i, j) = 1;
        words[j / BitView::kColumns * rows + i] |= uint64_t{1} << (j % BitView::kColumns);
      }
    bits = {{words.data(), rows, cols, rows}, {}};
    bits.transposed = transpose(bits.matrix, transposed_words.data());
  }
  Matrix<float> dense;
  std::vector<uint64_t> words, transposed_words;
  Bits bits;
};

// Integers, so that every order of summation has the same sum.
Matrix<float> integers(int64_t rows, int64_t cols, int64_t padding = 0) {
  Matrix<float> m = Matrix<float>::random(rows, cols, 7, padding);
  for (float& x : m.values) x = std::round(8 * x);
  return m;
}

void expect_equal(MatrixView<const float> a, MatrixView<const float> b) {
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < a.cols; ++j) ASSERT_EQ(a(i, j), b(i, j)) << i << ", " << j;
}

constexpr int64_t kRows[] = {1, 5, 64, 2048, 2051};
constexpr int64_t kDepths[] = {1, 6, 7, 35, 36, 37, 72, 100};
constexpr int64_t kBitsWidths[] = {1, 15, 16, 17, 70};

TEST(BitsTimesDense, EqualsTheDenseProduct) {
  for (const int64_t rows : kRows)
    for (const int64_t depth : kDepths)
      for (const int64_t width : kBitsWidths) {
        SCOPED_TRACE(testing::Message() << rows << " x " << depth << " x " << width);
        const ZerosAndOnes x(rows, depth, 0.4);
        const Matrix<float> w = integers(depth, width, 3);
        Matrix<float> wanted = integers(rows, width, 1), before = wanted;
        gemm_ref<float>(Transpose::no, Transpose::no, 1, x.dense.view(), w.view(), 1,
                        wanted.view());
        for (const Context& context : contexts()) {
          Matrix<float> out = before;
          bits_times_dense(context, x.bits.matrix, w.view(), true, out.view());
          expect_equal(out.view(), wanted.view());
          bits_times_dense(context, x.bits.matrix, w.view(), false, out.view());
          bits_times_dense(context, x.bits.matrix, w.view(), true, out.view());
          Matrix<float> twice(rows, width);
          gemm_ref<float>(Transpose::no, Transpose::no, 2, x.dense.view(), w.view(), 0,
                          twice.view());
          expect_equal(out.view(), twice.view());
        }
      }
}

TEST(BitsTimesDense, NoticesOneBit) {
  ZerosAndOnes x(100, 50, 0.4);
  const Matrix<float> w = integers(50, 16);
  Matrix<float> wanted(100, 16), out(100, 16);
  gemm_ref<float>(Transpose::no, Transpose::no, 1, x.dense.view(), w.view(), 0, wanted.view());
  x.words[137] ^= 2;  // row 37, column 37
  bits_times_dense({.isa = detect_isa()}, x.bits.matrix, w.view(), false, out.view());
  for (int64_t i = 0; i < 100; ++i)
    for (int64_t j = 0; j < 16; ++j)
      EXPECT_EQ(std::abs(out.view()(i, j) - wanted.view()(i, j)),
                i == 37 ? std::abs(w.view()(37, j)) : 0);
}

TEST(BitsTimesDense, HasTheSameBitsForAnyNumberOfThreads) {
  const ZerosAndOnes x(777, 300, 0.4);
  const Matrix<float> w = Matrix<float>::random(300, 130, 1);
  Matrix<float> one(777, 130), three(777, 130);
  bits_times_dense({.threads = 1, .isa = detect_isa()}, x.bits.matrix, w.view(), false, one.view());
  bits_times_dense({.threads = 3, .isa = detect_isa()}, x.bits.matrix, w.view(), false,
                   three.view());
  EXPECT_EQ(one.values, three.values);
}

TEST(BitsTimesDense, OfNothing) {
  Matrix<float> out(3, 4);
  std::ranges::fill(out.values, 5.0f);
  const ZerosAndOnes none(3, 0, 1);
  bits_times_dense({.isa = detect_isa()}, none.bits.matrix, Matrix<float>(0, 4).view(), true,
                   out.view());
  EXPECT_EQ(out.values, std::vector<float>(12, 5));
  bits_times_dense({.isa = detect_isa()}, none.bits.matrix, Matrix<float>(0, 4).view(), false,
                   out.view());
  EXPECT_EQ(out.values, std::vector<float>(12, 0));
}

TEST(TransposeOfBits, TurnsEveryElement) {
  for (const int64_t rows : {1, 35, 36, 37, 64, 145})
    for (const int64_t cols : {1, 36, 37, 100}) {
      const ZerosAndOnes x(rows, cols, 0.5);
      const BitView& turned = x.bits.transposed;
      ASSERT_EQ(turned.rows, cols);
      ASSERT_EQ(turned.cols, rows);
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < cols; ++j)
          ASSERT_EQ(turned(j, i), x.dense.view()(i, j) == 1) << rows << " x " << cols;
      std::vector<uint64_t> back(x.words.size());
      transpose(turned, back.data());
      EXPECT_EQ(back, x.words);  // nothing beyond the last row and column either
    }
}

// Output and weight gradients of a layer with a bias.
template <class T>
struct LayerRun {
  LayerRun(Kernel<T>& layer, const Input<T>& input, int64_t rows, int64_t cols, int64_t width)
      : weights(Matrix<T>::random(cols, width, 1)),
        bias(Matrix<T>::random(1, width, 2)),
        cotangent(Matrix<T>::random(rows, width, 3)),
        output(rows, width),
        weight_gradient(cols, width),
        bias_gradient(1, width) {
    const std::span<const T> parameters[] = {weights.values, bias.values};
    const std::span<T> gradients[] = {weight_gradient.values, bias_gradient.values};
    const MatrixView<T> unwanted;
    const uint8_t overwrite = 0;
    Frame<T> frame;
    frame.rows = rows;
    frame.inputs = {&input, 1};
    frame.output = output.view();
    frame.parameters = parameters;
    layer.forward(frame);
    const Matrix<T>& upstream = cotangent;
    layer.backward(frame, {upstream.view(), {&unwanted, 1}, {&overwrite, 1}, gradients, {}});
  }
  Matrix<T> weights, bias, cotangent, output, weight_gradient, bias_gradient;
};

template <class A, class B>
void expect_near(const std::vector<A>& a, const std::vector<B>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-4);
}

TEST(LinearOnBits, IsTheLayerOnTheSameNumbers) {
  constexpr int64_t rows = 143, cols = 90, width = 47;
  const ZerosAndOnes x(rows, cols, 0.3);
  Matrix<double> dense(rows, cols);
  std::ranges::copy(x.dense.values, dense.values.begin());
  NodeSpec node = dense_example("linear", {cols}, rows, {{"out", width}, {"bias", true}}).node;
  kinds::linear.infer(node);
  const Context context{.threads = 2, .isa = detect_isa()};
  const auto truth = make_linear_ref<double>(node, context);
  const Matrix<double>& numbers = dense;
  const LayerRun<double> wanted(*truth, {.dense = numbers.view()}, rows, cols, width);
  for (auto* make : {&make_linear_cpu, &make_linear_ref<float>}) {
    const auto layer = make(node, context);
    const LayerRun<float> found(*layer, {.bits = x.bits}, rows, cols, width);
    expect_near(found.output.values, wanted.output.values);
    expect_near(found.weight_gradient.values, wanted.weight_gradient.values);
    expect_near(found.bias_gradient.values, wanted.bias_gradient.values);
  }
}

}  // namespace
}  // namespace laconic::ops
