// From a Context and views to the kernels of its instruction set.
#pragma once

#include "framework/base/context.hpp"
#include "framework/base/view.hpp"
#include "framework/ops/simd/kernels.hpp"

namespace laconic::ops {

const Kernels& kernels(Isa isa);

template <class T>
Strided<T> strided(MatrixView<T> m) {
  return {m.data, m.stride};
}

}  // namespace laconic::ops
