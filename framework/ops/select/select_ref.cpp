#include "framework/ops/select/select_ref.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace laconic::ops {

namespace {

std::vector<float> materialise(const Accumulator& a) {
  std::vector<float> acc(a.gradient.size());
  for (size_t i = 0; i < acc.size(); ++i) {
    const float kept = a.residual.empty() ? 0 : a.residual_scale * a.residual[i];
    acc[i] = kept + a.gradient[i];
  }
  return acc;
}

bool are_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

// Returns positions in descending order of magnitude, ties in ascending order of position.
std::vector<int32_t> ranking(const std::vector<float>& values) {
  std::vector<int32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return magnitude_bits(values[a]) > magnitude_bits(values[b]);
  });
  return order;
}

}  // namespace

Selected top_k_ref(const Accumulator& accumulator, int64_t k, SparseVector& out) {
  out.clear();
  const std::vector<float> acc = materialise(accumulator);
  if (!are_finite(acc)) return {.finite = false};
  std::vector<int32_t> order = ranking(acc);
  order.resize(std::clamp<int64_t>(k, 0, accumulator.size()));
  while (!order.empty() && acc[order.back()] == 0) order.pop_back();
  if (order.empty()) return {};
  const uint32_t threshold = magnitude_bits(acc[order.back()]);
  std::sort(order.begin(), order.end());
  for (const int32_t i : order) out.push_back(i, acc[i]);
  return {.threshold = threshold};
}

Selected above_ref(const Accumulator& accumulator, uint32_t threshold, SparseVector& out) {
  out.clear();
  const std::vector<float> acc = materialise(accumulator);
  if (!are_finite(acc)) return {.finite = false};
  uint32_t smallest = 0;
  for (size_t i = 0; i < acc.size(); ++i) {
    const uint32_t magnitude = magnitude_bits(acc[i]);
    if (acc[i] == 0 || magnitude < threshold) continue;
    smallest = out.size() == 0 ? magnitude : std::min(smallest, magnitude);
    out.push_back(static_cast<int32_t>(i), acc[i]);
  }
  return {.threshold = smallest};
}

void top_k_ref(SparseVector& pairs, int64_t k, SparseVector& dropped) {
  const SparseVector all = pairs;
  std::vector<bool> stays(all.values.size());
  std::vector<int32_t> order = ranking(all.values);
  order.resize(std::clamp<int64_t>(k, 0, all.size()));
  for (const int32_t i : order) stays[i] = true;
  pairs.clear();
  dropped.clear();
  for (int64_t i = 0; i < all.size(); ++i)
    (stays[i] ? pairs : dropped).push_back(all.indices[i], all.values[i]);
}

Moments moments_ref(const Accumulator& accumulator) {
  const std::vector<float> acc = materialise(accumulator);
  if (acc.empty()) return {};
  const auto n = static_cast<long double>(acc.size());
  long double sum = 0, squares = 0;
  for (const float x : acc) sum += x;
  const long double mean = sum / n;
  for (const float x : acc) squares += (x - mean) * (x - mean);
  return {static_cast<double>(mean), static_cast<double>(std::sqrt(squares / n))};
}

void accumulate_ref(const Accumulator& accumulator, std::span<float> residual) {
  const std::vector<float> acc = materialise(accumulator);
  std::copy(acc.begin(), acc.end(), residual.begin());
}

bool all_finite_ref(const Context&, std::span<const float> values) {
  return are_finite({values.begin(), values.end()});
}

void pair_sum_ref(std::span<const SparseVector> lists, SparseVector& out) {
  std::map<int32_t, float> sums;
  for (const SparseVector& list : lists)
    for (int64_t i = 0; i < list.size(); ++i) sums[list.indices[i]] += list.values[i];
  out.clear();
  for (const auto& [index, sum] : sums) out.push_back(index, sum);
}

}  // namespace laconic::ops
