#include "framework/ops/dropout/dropout_kernels.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

// Rows from 4 on, and rows whose counters pass 2^32.
void mask(const DropoutKernels& table, Trial& trial) {
  const int64_t cols = trial.size(), rows = 3;
  const uint32_t threshold = trial.exact() ? 32768 : 13107;
  const DropoutArgs args{{7, 0x80000009u},
                         (uint64_t{5} << 32) + 3,
                         threshold,
                         65536.0f / static_cast<float>(65536 - threshold),
                         cols};
  const auto x = trial.matrix("x", rows, cols);
  for (const int64_t first : {int64_t{4}, (int64_t{1} << 32) / ((cols + 8) / 8) - 1})
    for (const bool accumulate : {false, true})
      table.mask(args, first, rows, strided<const float>(x), strided(trial.matrix("y", rows, cols)),
                 accumulate);
}

constexpr KernelCheck<DropoutKernels> dropout_calls[] = {{"dropout.mask", mask, 1e-6}};

}  // namespace

constinit const KernelChecks<DropoutKernels> dropout_checks = {
    {"dropout", walk_isas<DropoutKernels>}, dropout_calls, dropout_kernels, &dropout_kernels_ref};

}  // namespace laconic::ops
