// Reads an accumulator that is not stored: acc_i = scale * residual_i + gradient_i. The bits are
// the same whether or not the instruction set has a fused multiply-add.
#pragma once

#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

// Hides the product from the compiler. With contraction the compiler would skip the rounding.
template <class V>
[[gnu::always_inline]] static inline V rounded(V product) {
#if defined(__AVX512F__)
  asm("" : "+v"(product));
#elif defined(__AVX2__)
  asm("" : "+x"(product));
#endif
  return product;
}

// Calls body(read). read(i, lanes) returns acc_i and the following lanes, with zeros in lanes that
// are cut off.
template <class Body>
[[gnu::always_inline]] static inline void with_accumulator(const AccumulatorArgs& args, Body body) {
  const float *residual = args.residual, *gradient = args.gradient;
  if (residual == nullptr) {
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return Vec{} + load(gradient + i, lanes);  // the sum turns -0 into +0
    });
  } else if (args.scale == 1) {
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return load(residual + i, lanes) + load(gradient + i, lanes);
    });
  } else {
    const Vec scale = broadcast(args.scale);
    body([=](int64_t i, int lanes) __attribute__((always_inline)) {
      return rounded(scale * load(residual + i, lanes)) + load(gradient + i, lanes);
    });
  }
}

}  // namespace
}  // namespace laconic::ops
