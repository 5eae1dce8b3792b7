// The reference for transposes of bits, for tests; the other one is bits_kernels_ref.
#pragma once

#include "framework/base/view.hpp"
#include "framework/ops/bits/bits_kernels.hpp"

namespace laconic::ops {

BitView transpose_ref(const BitView& x, uint64_t* words);

struct BitsFunctions {
  BitView (*transpose)(const BitView& x, uint64_t* words);
};
extern const KernelChecks<BitsFunctions> bits_function_checks;

}  // namespace laconic::ops
