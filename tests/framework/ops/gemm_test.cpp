#include "framework/ops/gemm/gemm.hpp"

#include <gtest/gtest.h>
#include <oneapi/dnnl/dnnl.h>

#include <cstdlib>
#include <cstring>

#include "tests/framework/ops/sparse_matrices.hpp"

namespace laconic::ops {
namespace {

using test::Matrix;

TEST(Gemm, EqualsThreeLoopsForEveryTransposeStrideAndFactor) {
  const Context context{.threads = 2, .isa = detect_isa()};
  for (const Transpose ta : {Transpose::no, Transpose::yes})
    for (const Transpose tb : {Transpose::no, Transpose::yes})
      for (const auto& [m, n, k] :
           {std::array<int64_t, 3>{1, 1, 1}, {3, 5, 7}, {33, 17, 65}, {130, 47, 96}})
        for (const float alpha : {1.0f, -0.5f})
          for (const float beta : {0.0f, 1.0f, 0.25f})
            for (const int64_t padding : {0, 3}) {
              const bool a_plain = ta == Transpose::no, b_plain = tb == Transpose::no;
              const auto a = Matrix<float>::random(a_plain ? m : k, a_plain ? k : m, 1, padding);
              const auto b = Matrix<float>::random(b_plain ? k : n, b_plain ? n : k, 2, padding);
              auto fast = Matrix<float>::random(m, n, 3, padding);
              if (beta == 0)
                for (int64_t i = 0; i < m; ++i)
                  for (int64_t j = 0; j < n; ++j) fast.view()(i, j) = NAN;  // must not be read
              auto slow = fast;
              gemm(context, ta, tb, alpha, a.view(), b.view(), beta, fast.view());
              gemm_ref<float>(ta, tb, alpha, a.view(), b.view(), beta, slow.view());
              for (size_t i = 0; i < fast.values.size(); ++i)
                ASSERT_NEAR(fast.values[i], slow.values[i], 1e-5f * static_cast<float>(k + 10))
                    << m << n << k;
            }
}

TEST(Gemm, DegenerateSizesScaleTheTargetOrDoNothing) {
  Matrix<float> empty(0, 4), a(3, 0), b(0, 4);
  auto c = Matrix<float>::random(3, 4, 1);
  const auto before = c.values;
  gemm({}, Transpose::no, Transpose::no, 1, a.view(), b.view(), 2, c.view());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(c.values[i], 2 * before[i]);
  gemm({}, Transpose::no, Transpose::no, 1, a.view(), b.view(), 0, c.view());
  for (const float value : c.values) EXPECT_EQ(value, 0);
  Matrix<float> square(4, 4);
  gemm({}, Transpose::no, Transpose::no, 1, empty.view(), square.view(), 0, empty.view());
}

// The weights' gradient sums over all rows of a batch: a library may be tempted to split that sum
// among threads.
TEST(Gemm, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const int64_t rows : {1000, 20000})
    for (const int64_t width : {8, 64, 128}) {
      const auto x = Matrix<float>::random(rows, width, 1),
                 dz = Matrix<float>::random(rows, width, 2);
      Matrix<float> one(width, width), many(width, width);
      gemm({.threads = 1}, Transpose::yes, Transpose::no, 1, x.view(), dz.view(), 0, one.view());
      for (const int threads : {2, 3, 4}) {
        gemm({.threads = threads}, Transpose::yes, Transpose::no, 1, x.view(), dz.view(), 0,
             many.view());
        EXPECT_EQ(
            std::memcmp(one.values.data(), many.values.data(), one.values.size() * sizeof(float)),
            0)
            << rows << " rows, width " << width << ", " << threads << " threads";
      }
    }
}

// oneDNN chooses its instructions once a process, so every case here is a process of its own.
class GemmDeathTest : public testing::Test {
 protected:
  GemmDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Whether oneDNN, after a product, keeps to `allowed`.
  static bool keeps_to(dnnl_cpu_isa_t allowed) {
    const auto a = Matrix<float>::random(4, 4, 1);
    Matrix<float> c(4, 4);
    gemm({}, Transpose::no, Transpose::no, 1, a.view(), a.view(), 0, c.view());
    return (dnnl_get_effective_cpu_isa() & ~allowed) == 0;  // an instruction set is a set of bits
  }
  static bool keeps_to(dnnl_cpu_isa_t allowed, const char* cap) {
    ::setenv("LACONIC_MAX_ISA", cap, 1);
    return keeps_to(allowed);
  }
};

TEST_F(GemmDeathTest, KeepsToTheCapOfTheEnvironment) {
  EXPECT_EXIT(std::exit(keeps_to(dnnl_cpu_isa_sse41, "generic") ? 0 : 1),
              testing::ExitedWithCode(0), "");
  EXPECT_EXIT(std::exit(keeps_to(dnnl_cpu_isa_avx2, "avx2") ? 0 : 1), testing::ExitedWithCode(0),
              "");
  ::unsetenv("LACONIC_MAX_ISA");
  if (detect_isa() < Isa::avx512) GTEST_SKIP() << "this processor has no more than the cap";
  EXPECT_EXIT(std::exit(keeps_to(dnnl_cpu_isa_avx2, "avx512") ? 0 : 1), testing::ExitedWithCode(1),
              "");
}

TEST_F(GemmDeathTest, KeepsToTheFirstLimitSet) {
  EXPECT_EXIT(
      std::exit(limit_gemm(Isa::generic) && limit_gemm(Isa::avx512) && keeps_to(dnnl_cpu_isa_sse41)
                    ? 0
                    : 1),
      testing::ExitedWithCode(0), "");
  EXPECT_EXIT(
      std::exit(limit_gemm(Isa::avx2) && !limit_gemm(Isa::generic) && keeps_to(dnnl_cpu_isa_avx2)
                    ? 0
                    : 1),
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace laconic::ops
