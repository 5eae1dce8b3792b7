// The kernels for x86-64-v3 (AVX2 and FMA). Empty on other architectures.
#if defined(__AVX2__)
#include <immintrin.h>

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {
namespace {
#include "framework/ops/simd/kernels.inc.hpp"
}  // namespace

const Kernels kernels_avx2 = table;

}  // namespace laconic::ops

#endif
