// The sparse products against dense algebra: every normalisation, widths around every block of the
// kernels, every instruction set of this machine.

#include "framework/ops/spmm/spmm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "framework/ops/gemm/gemm.hpp"
#include "tests/framework/ops/contexts.hpp"
#include "tests/framework/ops/sparse_matrices.hpp"

namespace laconic::ops {
namespace {

using test::contexts;
using test::dense_operator;
using test::Graph;
using test::Matrix;
using test::normalisations;
using test::normalise;
using test::random_graph;

constexpr int64_t kSpmmWidths[] = {1, 7, 16, 47, 64, 128, 200};

double largest_difference(MatrixView<const float> a, MatrixView<const double> b) {
  double worst = 0, scale = 1;
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < a.cols; ++j) {
      const double difference = std::abs(double{a(i, j)} - b(i, j));
      if (!(difference <= worst)) worst = difference;  // NaN is worse than anything
      scale = std::max(scale, std::abs(b(i, j)));
    }
  return worst / scale;
}

Matrix<float> to_float(const Matrix<double>& m) {
  Matrix<float> result(m.view().rows, m.view().cols);
  std::copy(m.values.begin(), m.values.end(), result.values.begin());
  return result;
}

// A graph of no nodes, one node, a few isolated ones, and ordinary ones.
std::vector<Graph> graphs() {
  return {Graph(), random_graph(1, 1), random_graph(5, 0), random_graph(61, 0.1),
          random_graph(40, 0.9)};
}

TEST(Spmm, EqualsTheDenseProductForEveryNormalisationAndWidth) {
  for (const Graph& graph : graphs())
    for (const std::string& name : normalisations()) {
      const Matrix<double> dense = dense_operator(graph, name);
      const auto scales = normalise<float>(graph, name);
      for (const int64_t width : kSpmmWidths) {
        const auto x = Matrix<double>::random(graph.rows(), width, 1);
        const Matrix<float> x_float = to_float(x);
        Matrix<double> wanted(graph.rows(), width);
        gemm_ref<double>(Transpose::no, Transpose::no, 1, dense.view(), x.view(), 0, wanted.view());
        for (const Context& context : contexts()) {
          Matrix<float> out(graph.rows(), width);
          spmm(context, scales.on(graph), x_float.view(), {}, out.view());
          EXPECT_LE(largest_difference(out.view(), wanted.view()), 1e-5)
              << name << ", " << graph.rows() << " nodes, width " << width << ", "
              << isa_name(context.isa);
        }
      }
    }
}

TEST(Spmm, TheDenseCheckCatchesAnEdgeThatIsMissingOrWrong) {
  Graph graph = random_graph(61, 0.1);
  const auto x = Matrix<double>::random(61, 16, 1);
  Matrix<double> wanted(61, 16);
  gemm_ref<double>(Transpose::no, Transpose::no, 1, dense_operator(graph, "row").view(), x.view(),
                   0, wanted.view());
  const auto scales = normalise<float>(graph, "row");
  graph.indices.back() = 2;
  Matrix<float> out(61, 16);
  spmm({}, scales.on(graph), to_float(x).view(), {}, out.view());
  EXPECT_GT(largest_difference(out.view(), wanted.view()), 1e-3);
}

TEST(Spmm, ReferenceEqualsTheDenseProductInDouble) {
  for (const Graph& graph : graphs())
    for (const std::string& name : normalisations()) {
      const auto x = Matrix<double>::random(graph.rows(), 5, 1);
      Matrix<double> wanted(graph.rows(), 5), got(graph.rows(), 5);
      gemm_ref<double>(Transpose::no, Transpose::no, 1, dense_operator(graph, name).view(),
                       x.view(), 0, wanted.view());
      spmm_ref<double>(normalise<double>(graph, name).on(graph), x.view(), {}, got.view());
      for (size_t k = 0; k < got.values.size(); ++k)
        EXPECT_NEAR(got.values[k], wanted.values[k], 1e-12) << name;
    }
}

template <class T>
double inner(const Matrix<T>& a, const Matrix<T>& b) {
  double sum = 0;
  for (size_t k = 0; k < a.values.size(); ++k) sum += double{a.values[k]} * b.values[k];
  return sum;
}

TEST(Spmm, AdjointIsTheTransposeForEveryNormalisation) {
  const Graph graph = random_graph(61, 0.1);
  for (const std::string& name : normalisations()) {
    const auto scales = normalise<double>(graph, name);
    const auto x = Matrix<double>::random(61, 9, 1), y = Matrix<double>::random(61, 9, 2);
    Matrix<double> ax(61, 9), aty(61, 9), ay(61, 9);
    spmm_ref<double>(scales.on(graph), x.view(), {}, ax.view());
    spmm_ref<double>(adjoint(scales.on(graph)), y.view(), {}, aty.view());
    EXPECT_NEAR(inner(ax, y), inner(x, aty), 1e-10) << name;
    spmm_ref<double>(scales.on(graph), y.view(), {}, ay.view());
    if (name != "none" && name != "symmetric") {
      EXPECT_GT(std::abs(inner(ax, y) - inner(x, ay)), 1e-3)
          << name << " would pass without an adjoint";
    }
    for (const Context& context : contexts()) {
      const auto scales_float = normalise<float>(graph, name);
      const Matrix<float> x_float = to_float(x), y_float = to_float(y);
      Matrix<float> fast_ax(61, 9), fast_aty(61, 9);
      spmm(context, scales_float.on(graph), x_float.view(), {}, fast_ax.view());
      spmm(context, adjoint(scales_float.on(graph)), y_float.view(), {}, fast_aty.view());
      EXPECT_NEAR(inner(fast_ax, y_float), inner(x_float, fast_aty), 1e-4) << name;
    }
  }
}

TEST(Spmm, MultipliesByTheWeightsOfTheEdges) {
  const Graph graph = random_graph(61, 0.1);
  std::vector<double> weights;
  for (int64_t i = 0; i < graph.rows(); ++i)
    for (int64_t p = graph.indptr[i]; p < graph.indptr[i + 1]; ++p)
      weights.push_back(1.0 / static_cast<double>(1 + i * graph.indices[p]));
  const std::vector<float> floats(weights.begin(), weights.end());
  for (const std::string& name : normalisations()) {
    const auto scales = normalise<double>(graph, name);
    const auto scales_float = normalise<float>(graph, name);
    for (const int64_t width : kSpmmWidths) {
      const auto x = Matrix<double>::random(61, width, 1);
      Matrix<double> wanted(61, width), reference(61, width);
      // (A . W) x, one edge at a time.
      for (int64_t i = 0; i < 61; ++i)
        for (int64_t j = 0; j < width; ++j) {
          double sum = 0;
          for (int64_t p = graph.indptr[i]; p < graph.indptr[i + 1]; ++p) {
            const int32_t source = graph.indices[p];
            const double scale = scales.source_scale.empty() ? 1 : scales.source_scale[source];
            sum += weights[p] * scale * x.view()(source, j);
          }
          if (!scales.row_scale.empty()) sum *= scales.row_scale[i];
          if (!scales.diagonal.empty()) sum += scales.diagonal[i] * x.view()(i, j);
          wanted.view()(i, j) = sum;
        }
      Neighbourhood<double> a = scales.on(graph);
      a.weights = weights;
      spmm_ref<double>(a, x.view(), {}, reference.view());
      for (size_t k = 0; k < wanted.values.size(); ++k)
        ASSERT_NEAR(reference.values[k], wanted.values[k], 1e-12) << name;
      Neighbourhood<float> b = scales_float.on(graph);
      b.weights = floats;
      for (const Context& context : contexts()) {
        Matrix<float> out(61, width);
        spmm(context, b, to_float(x).view(), {}, out.view());
        EXPECT_LE(largest_difference(out.view(), wanted.view()), 1e-5)
            << name << ", width " << width << ", " << isa_name(context.isa);
      }
    }
  }
}

TEST(Spmm, AddsAnAddendThatMayBeTheOutput) {
  const Graph graph = random_graph(61, 0.1);
  const auto scales = normalise<float>(graph, "row_loop");
  for (const Context& context : contexts())
    for (const int64_t width : kSpmmWidths) {
      const auto x = Matrix<float>::random(61, width, 1),
                 addend = Matrix<float>::random(61, width, 2, 5);
      Matrix<float> apart(61, width), onto = addend;
      spmm(context, scales.on(graph), x.view(), addend.view(), apart.view());
      spmm(context, scales.on(graph), x.view(), onto.view(), onto.view());
      Matrix<float> without(61, width);
      spmm(context, scales.on(graph), x.view(), {}, without.view());
      for (int64_t i = 0; i < 61; ++i)
        for (int64_t j = 0; j < width; ++j) {
          ASSERT_EQ(apart.view()(i, j), onto.view()(i, j));
          ASSERT_NEAR(apart.view()(i, j), without.view()(i, j) + addend.view()(i, j), 1e-5);
        }
    }
}

TEST(Spmm, AChunkOfRowsEqualsThoseRowsOfTheWhole) {
  const Graph graph = random_graph(61, 0.1);
  for (const std::string& name : normalisations()) {
    const auto scales = normalise<float>(graph, name);
    const auto x = Matrix<float>::random(61, 33, 1, 2);
    Matrix<float> whole(61, 33), chunk(20, 33), reference(20, 33);
    const Context context{.isa = detect_isa()};
    spmm(context, scales.on(graph), x.view(), {}, whole.view());
    Neighbourhood<float> part = scales.on(graph);
    part.pattern = part.pattern.rows_from(15, 20);
    part.first_row = 15;
    spmm(context, part, x.view(), {}, chunk.view());
    spmm_ref<float>(part, x.view(), {}, reference.view());
    EXPECT_TRUE(
        std::equal(chunk.values.begin(), chunk.values.end(), whole.values.begin() + 15 * 33))
        << name;
    for (size_t k = 0; k < chunk.values.size(); ++k)
      EXPECT_NEAR(chunk.values[k], reference.values[k], 1e-5);
  }
}

TEST(Spmm, WritesOnlyItsOwnColumnsOfAWiderMatrix) {
  const Graph graph = random_graph(30, 0.2);
  const auto scales = normalise<float>(graph, "row");
  for (const Context& context : contexts())
    for (const int64_t width : kSpmmWidths) {
      const auto x = Matrix<float>::random(30, width, 1);
      Matrix<float> wide(30, width + 9), narrow(30, width);
      std::fill(wide.values.begin(), wide.values.end(), 99.0f);
      spmm(context, scales.on(graph), x.view(), {}, wide.view().columns(4, width));
      spmm(context, scales.on(graph), x.view(), {}, narrow.view());
      for (int64_t i = 0; i < 30; ++i)
        for (int64_t j = 0; j < width + 9; ++j) {
          const bool own = j >= 4 && j < 4 + width;
          ASSERT_EQ(wide.view()(i, j), own ? narrow.view()(i, j - 4) : 99.0f) << i << ", " << j;
        }
    }
}

TEST(Spmm, GivesTheSameBitsForAnyNumberOfThreads) {
  const Graph graph = random_graph(400, 0.1);
  const auto scales = normalise<float>(graph, "symmetric");
  for (const Context& context : contexts())
    for (const int64_t width : kSpmmWidths) {
      const auto x = Matrix<float>::random(400, width, 1);
      Matrix<float> one(400, width), many(400, width);
      spmm({.threads = 1, .isa = context.isa}, scales.on(graph), x.view(), {}, one.view());
      for (const int threads : {2, 3, 5}) {
        spmm({.threads = threads, .isa = context.isa}, scales.on(graph), x.view(), {}, many.view());
        ASSERT_EQ(
            std::memcmp(one.values.data(), many.values.data(), one.values.size() * sizeof(float)),
            0);
      }
    }
}

TEST(Spmm, CarriesNanToTheNeighboursAndNobodyElse) {
  const Graph graph = random_graph(61, 0.1);
  const auto scales = normalise<float>(graph, "row_loop");
  for (const Context& context : contexts()) {
    auto x = Matrix<float>::random(61, 47, 1);
    x.view()(5, 46) = NAN;
    Matrix<float> out(61, 47);
    spmm(context, scales.on(graph), x.view(), {}, out.view());
    for (int64_t i = 0; i < 61; ++i) {
      const auto row = graph.view().indices.subspan(graph.indptr[i], graph.view().degree(i));
      const bool reached = i == 5 || std::find(row.begin(), row.end(), 5) != row.end();
      EXPECT_EQ(std::isnan(out.view()(i, 46)), reached) << i;
      EXPECT_FALSE(std::isnan(out.view()(i, 45))) << i;
    }
  }
}

// A random sparse matrix with values; row 2 of 5 is empty.
struct Features {
  Features(int64_t rows, int64_t cols_, bool with_values) : cols(cols_), dense(rows, cols_) {
    const Random random(5, Stream::test);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        const auto index = static_cast<uint64_t>(i * cols + j);
        if (i % 5 == 2 || random.uniform(index) > 0.15) continue;
        graph.indices.push_back(static_cast<int32_t>(j));
        values.push_back(with_values ? static_cast<float>(random.normal(index)) : 1.0f);
        dense.view()(i, j) = values.back();
      }
      graph.indptr.push_back(static_cast<int64_t>(graph.indices.size()));
    }
    if (!with_values) values.clear();
  }
  SparseView<float> view() const { return {graph.view(), values, cols}; }
  Graph graph;
  std::vector<float> values;
  int64_t cols;
  Matrix<double> dense;
};

TEST(SparseTimesDense, EqualsTheDenseProduct) {
  for (const bool with_values : {false, true})
    for (const Context& context : contexts())
      for (const int64_t width : kSpmmWidths)
        for (const bool accumulate : {false, true}) {
          const Features x(37, 53, with_values);
          const auto w = Matrix<double>::random(53, width, 1);
          auto wanted = Matrix<double>::random(37, width, 2);
          Matrix<float> out = to_float(wanted);
          gemm_ref<double>(Transpose::no, Transpose::no, 1, x.dense.view(), w.view(), accumulate,
                           wanted.view());
          sparse_times_dense(context, x.view(), to_float(w).view(), accumulate, out.view());
          EXPECT_LE(largest_difference(out.view(), wanted.view()), 1e-5) << width;
        }
}

TEST(SparseTransposedTimesDense, AddsTheDenseProductWithTheSameBitsForAnyNumberOfThreads) {
  for (const bool with_values : {false, true})
    for (const Context& context : contexts())
      for (const int64_t width : kSpmmWidths) {
        const Features x(37, 53, with_values);
        const auto dz = Matrix<double>::random(37, width, 1);
        auto wanted = Matrix<double>::random(53, width, 2);
        Matrix<float> dw = to_float(wanted), other = dw;
        gemm_ref<double>(Transpose::yes, Transpose::no, 1, x.dense.view(), dz.view(), 1,
                         wanted.view());
        sparse_transposed_times_dense(context, x.view(), to_float(dz).view(), dw.view());
        EXPECT_LE(largest_difference(dw.view(), wanted.view()), 1e-5) << width;
        sparse_transposed_times_dense({.threads = 3, .isa = context.isa}, x.view(),
                                      to_float(dz).view(), other.view());
        EXPECT_EQ(
            std::memcmp(dw.values.data(), other.values.data(), dw.values.size() * sizeof(float)), 0)
            << width;
      }
}

}  // namespace
}  // namespace laconic::ops
