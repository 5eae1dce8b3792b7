#include <algorithm>

#include "framework/base/random.hpp"
#include "framework/ops/bits/bits.hpp"
#include "framework/ops/bits/bits_ref.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

// Bits beyond the last column are zero.
BitView random_bits(Trial& trial, int64_t rows, int64_t cols) {
  const Random random(16, Stream::test);
  const uint64_t* words =
      trial.list<uint64_t>("words", BitView::words_per_row(cols) * rows, [&](int64_t k) {
        const int64_t left = cols - k / rows * BitView::kColumns;
        return random.word(static_cast<uint64_t>(k)) &
               ((uint64_t{1} << std::min<int64_t>(left, BitView::kColumns)) - 1);
      });
  return {words, rows, cols, rows};
}

// 2051 rows are more than one block of the kernel.
void times_dense(const BitsKernels& table, Trial& trial) {
  const int64_t cols = trial.size(), depth = cols % 100 + 1, rows = cols == 17 ? 2051 : 5;
  const BitView x = random_bits(trial, rows, depth);
  const auto w = trial.matrix("w", depth, cols);
  for (const bool accumulate : {false, true}) {
    const auto out = trial.matrix("out", rows, cols);
    const BitsArgs args{x.words,      x.stride,  rows, depth, strided<const float>(w),
                        strided(out), accumulate};
    const int64_t middle = cols / 32 * 16;
    table.times_dense(args, 0, middle);
    table.times_dense(args, middle, cols);
  }
}

void transposed(const BitsFunctions& table, Trial& trial) {
  for (const int64_t rows : {1, 35, 36, 37, 150}) {
    const BitView x = random_bits(trial, rows, trial.size());
    uint64_t* const words = trial.list<uint64_t>(
        "transposed", BitView::words_per_row(rows) * trial.size(), [](int64_t) { return 0; });
    const BitView turned = table.transpose(x, words);
    trial.returned("view", std::vector<int64_t>{turned.words == words, turned.rows, turned.cols,
                                                turned.stride});
  }
}

constexpr KernelCheck<BitsKernels> bits_calls[] = {{"bits.times_dense", times_dense, 1e-5}};
constexpr KernelCheck<BitsFunctions> bits_function_calls[] = {{"bits.transpose", transposed}};
constexpr BitsFunctions bits_functions = {.transpose = transpose};
constexpr BitsFunctions bits_functions_ref = {.transpose = transpose_ref};

}  // namespace

constinit const KernelChecks<BitsKernels> bits_checks = {
    {"bits", walk_isas<BitsKernels>}, bits_calls, bits_kernels, &bits_kernels_ref};
constinit const KernelChecks<BitsFunctions> bits_function_checks = {
    {"bits", walk_once<BitsFunctions>},
    bits_function_calls,
    [](Isa) -> const BitsFunctions& { return bits_functions; },
    &bits_functions_ref};

}  // namespace laconic::ops
