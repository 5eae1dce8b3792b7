// Converts views for kernels.
#pragma once

#include "framework/base/view.hpp"
#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

template <class T>
Strided<T> strided(MatrixView<T> m) {
  return {m.data, m.stride};
}

}  // namespace laconic::ops
