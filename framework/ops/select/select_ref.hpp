// The reference for selection. It sorts, works element by element, and is for tests.
#pragma once

#include "framework/ops/select/select.hpp"
#include "framework/ops/simd/kernel.hpp"

namespace laconic::ops {

Selected top_k_ref(const Accumulator& accumulator, int64_t k, SparseVector& out);
Selected above_ref(const Accumulator& accumulator, uint32_t threshold, SparseVector& out);
void top_k_ref(SparseVector& pairs, int64_t k, SparseVector& dropped);
Moments moments_ref(const Accumulator& accumulator);
void accumulate_ref(const Accumulator& accumulator, std::span<float> residual);
// Writes the result of PairSum for these lists, added in this order.
void pair_sum_ref(std::span<const SparseVector> lists, SparseVector& out);
bool all_finite_ref(const Context& context, std::span<const float> values);

// The functions of select.hpp, for the walk.
struct SelectFunctions {
  Selected (*top_k)(const Context&, const Accumulator&, int64_t k, SparseVector& out);
  Selected (*above)(const Context&, const Accumulator&, uint32_t threshold, SparseVector& out);
  void (*top_k_of_pairs)(SparseVector& pairs, int64_t k, SparseVector& dropped);
  Moments (*moments)(const Context&, const Accumulator&);
  bool (*all_finite)(const Context&, std::span<const float>);
  void (*pair_sum)(std::span<const SparseVector> lists, SparseVector& out);
};
extern const KernelChecks<SelectFunctions> select_function_checks;

}  // namespace laconic::ops
