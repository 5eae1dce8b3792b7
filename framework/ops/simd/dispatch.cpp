#include "framework/ops/simd/dispatch.hpp"

namespace laconic::ops {

const Kernels& kernels(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::avx512) return kernels_avx512;
  if (isa == Isa::avx2) return kernels_avx2;
#else
  static_cast<void>(isa);
#endif
  return kernels_generic;
}

}  // namespace laconic::ops
