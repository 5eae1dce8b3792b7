// The truth about selection: by sorting, one element after the other. For tests.
#pragma once

#include "framework/ops/select/select.hpp"

namespace laconic::ops {

Selected top_k_ref(const Accumulator& accumulator, int64_t k, SparseVector& out);
Selected above_ref(const Accumulator& accumulator, uint32_t threshold, SparseVector& out);
void top_k_ref(SparseVector& pairs, int64_t k, SparseVector& dropped);
Moments moments_ref(const Accumulator& accumulator);
void accumulate_ref(const Accumulator& accumulator, std::span<float> residual);
// What PairSum gives for these lists, added in this order.
void pair_sum_ref(std::span<const SparseVector> lists, SparseVector& out);

}  // namespace laconic::ops
