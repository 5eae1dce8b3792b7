// The kernels for x86-64-v4 (AVX-512 F, BW, CD, DQ, VL). Empty on other architectures.
#if defined(__AVX512F__)
#include <immintrin.h>

#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {
namespace {
#include "framework/ops/simd/kernels.inc.hpp"
}  // namespace

const Kernels kernels_avx512 = table;

}  // namespace laconic::ops

#endif
