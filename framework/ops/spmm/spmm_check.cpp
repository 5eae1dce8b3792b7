#include "framework/ops/kernel_check.hpp"
#include "framework/ops/simd/strided.hpp"
#include "framework/ops/spmm/spmm_kernels.hpp"

namespace laconic::ops {

namespace {

// Rows of 0, 1, 2, 3, 5 and 9 nonzeros in 9 columns.
struct Pattern {
  static constexpr int64_t rows = 6, cols = 9, nonzeros = 20;
  explicit Pattern(Trial& trial)
      : indptr(trial.list<int64_t>("indptr", rows + 1,
                                   [](int64_t i) {
                                     constexpr int64_t starts[] = {0, 0, 1, 3, 6, 11, nonzeros};
                                     return starts[i];
                                   })),
        indices(trial.list<int32_t>("indices", nonzeros, [](int64_t p) {
          return static_cast<int32_t>(p < 11 ? p * 5 % cols : p - 11);
        })) {}
  const int64_t* indptr;
  const int32_t* indices;
};

void sum_rows(const SpmmKernels& table, Trial& trial) {
  const int64_t cols = trial.size();
  const Pattern pattern(trial);
  const auto x = trial.matrix("x", Pattern::cols, cols);
  const float* const source_scale = trial.floats("source_scale", Pattern::cols);
  const float* const values = trial.floats("values", Pattern::nonzeros);
  const float* const row_scale = trial.floats("row_scale", Pattern::rows);
  const float* const diagonal = trial.floats("diagonal", Pattern::rows);
  for (const int weights : {0, 1, 2, 3})
    for (const bool all_terms : {false, true}) {
      SpmmArgs args{};
      args.indptr = pattern.indptr;
      args.indices = pattern.indices;
      if ((weights & 1) != 0) args.source_scale = source_scale;
      if ((weights & 2) != 0) args.values = values;
      args.x = strided<const float>(x);
      args.out = strided(trial.matrix("out", Pattern::rows, cols));
      args.cols = cols;
      if (all_terms) {
        args.row_scale = row_scale;
        args.diagonal = diagonal;
        args.diagonal_x = x.row(2);
        args.addend = {args.out.data, args.out.stride};
      }
      table.rows(args, 0, 3);
      table.rows(args, 3, Pattern::rows);
    }
}

void scatter_rows(const SpmmKernels& table, Trial& trial) {
  const int64_t cols = trial.size();
  const Pattern pattern(trial);
  const auto dz = trial.matrix("dz", Pattern::rows, cols);
  const float* const values = trial.floats("values", Pattern::nonzeros);
  for (const float* weights : {static_cast<const float*>(nullptr), values}) {
    const auto dw = trial.matrix("dw", Pattern::cols, cols);
    for (const auto& [first, last] : {std::pair{int64_t{0}, cols / 3}, std::pair{cols / 3, cols}})
      table.scatter_rows(pattern.indptr, pattern.indices, weights, Pattern::rows,
                         strided<const float>(dz), strided(dw), first, last);
  }
}

constexpr KernelCheck<SpmmKernels> spmm_calls[] = {{"spmm.rows", sum_rows, 1e-5},
                                                   {"spmm.scatter_rows", scatter_rows, 1e-5}};

}  // namespace

constinit const KernelChecks<SpmmKernels> spmm_checks = {
    {"spmm", walk_isas<SpmmKernels>}, spmm_calls, spmm_kernels, &spmm_kernels_ref};

}  // namespace laconic::ops
