// The reference for the kernel of dropout: one counter per element.
#include "framework/base/random.hpp"
#include "framework/ops/dropout/dropout_kernels.hpp"

namespace laconic::ops {

namespace {

void mask(const DropoutArgs& a, int64_t first_row, int64_t rows, Strided<const float> x,
          Strided<float> y, bool accumulate) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < a.cols; ++j) {
      const auto counter = static_cast<uint64_t>((first_row + i) * ((a.cols + 7) / 8) + j / 8);
      const auto words =
          philox4x32({static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                      static_cast<uint32_t>(a.step), static_cast<uint32_t>(a.step >> 32)},
                     {a.key[0], a.key[1]});
      const uint32_t lane = words[j % 8 / 2] >> (16 * (j % 2)) & 0xffff;
      const float kept = x.data[i * x.stride + j] * (lane < a.threshold ? 0 : a.scale);
      float& target = y.data[i * y.stride + j];
      target = accumulate ? target + kept : kept;
    }
}

}  // namespace

constinit const DropoutKernels dropout_kernels_ref = {.mask = mask};

}  // namespace laconic::ops
