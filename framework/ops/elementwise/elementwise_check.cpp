#include "framework/ops/elementwise/elementwise_kernels.hpp"
#include "framework/ops/kernel_check.hpp"
#include "framework/ops/simd/strided.hpp"

namespace laconic::ops {

namespace {

using Table = ElementwiseKernels;

void copy(const Table& table, Trial& trial) {
  const auto x = trial.matrix("x", 5, trial.size()), y = trial.matrix("y", 5, trial.size());
  table.copy(strided<const float>(x), strided(y), 5, trial.size());
}

void add(const Table& table, Trial& trial) {
  const auto x = trial.matrix("x", 5, trial.size()), y = trial.matrix("y", 5, trial.size());
  table.add(strided<const float>(x), strided(y), 5, trial.size());
}

void fill_rows(const Table& table, Trial& trial) {
  const float* row = trial.floats("row", trial.size());
  table.fill_rows(row, strided(trial.matrix("y", 5, trial.size())), 5, trial.size());
}

void column_sums(const Table& table, Trial& trial) {
  const int64_t cols = trial.size(), rows = cols == 17 ? 600 : 7;
  const auto x = trial.matrix("x", rows, cols);
  float* const sums = trial.floats("sums", cols);
  table.column_sums(strided<const float>(x), sums, rows, 0, cols / 3);
  table.column_sums(strided<const float>(x), sums, rows, cols / 3, cols);
}

constexpr KernelCheck<Table> elementwise_calls[] = {{"elementwise.copy", copy},
                                                    {"elementwise.add", add},
                                                    {"elementwise.fill_rows", fill_rows},
                                                    {"elementwise.column_sums", column_sums, 1e-5}};

}  // namespace

constinit const KernelChecks<Table> elementwise_checks = {{"elementwise", walk_isas<Table>},
                                                          elementwise_calls,
                                                          elementwise_kernels,
                                                          &elementwise_kernels_ref};

}  // namespace laconic::ops
