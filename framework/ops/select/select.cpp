#include "framework/ops/select/select.hpp"

#include "framework/ops/select/select_ref.hpp"

namespace laconic::ops {

Selected top_k(const Context&, const Accumulator& accumulator, int64_t k, SelectScratch&,
               SparseVector& out) {
  return top_k_ref(accumulator, k, out);
}

Selected above(const Context&, const Accumulator& accumulator, uint32_t threshold,
               SparseVector& out) {
  return above_ref(accumulator, threshold, out);
}

void top_k(SparseVector& pairs, int64_t k, SelectScratch&, SparseVector& dropped) {
  top_k_ref(pairs, k, dropped);
}

Moments moments(const Context&, const Accumulator& accumulator) {
  return moments_ref(accumulator);
}

void accumulate(const Context&, const Accumulator& accumulator, std::span<float> residual) {
  accumulate_ref(accumulator, residual);
}

}  // namespace laconic::ops
