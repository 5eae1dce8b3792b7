#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "framework/ops/kernel_check.hpp"
#include "framework/ops/select/select_ref.hpp"

namespace laconic::ops {

namespace {

// The largest size is long enough for a sample.
int64_t length(const Trial& trial) {
  return trial.size() == 1025 ? 40'003 : trial.size();
}

Accumulator accumulator(Trial& trial) {
  const auto n = static_cast<size_t>(length(trial));
  return {.residual = {trial.floats("residual", length(trial)), n},
          .gradient = {trial.floats("gradient", length(trial)), n},
          .residual_scale = trial.exact() ? 0.5f : 0.9f};
}

void record(Trial& trial, const SparseVector& pairs) {
  trial.returned("indices", pairs.indices);
  trial.returned("values", pairs.values);
}

void record(Trial& trial, const Selected& selected, const SparseVector& out) {
  trial.returned("finite", selected.finite);
  trial.returned("threshold", selected.threshold);
  record(trial, out);
}

void top_k(const SelectFunctions& table, Trial& trial) {
  const Accumulator acc = accumulator(trial);
  SparseVector out;
  for (const int64_t k : {int64_t{0}, int64_t{1}, acc.size() / 100, acc.size() / 3, acc.size()})
    record(trial, table.top_k(trial.context(), acc, k, out), out);
}

void above(const SelectFunctions& table, Trial& trial) {
  const Accumulator acc = accumulator(trial);
  SparseVector out;
  for (const float threshold : {0.0f, 0.5f, 1.7f})
    record(trial, table.above(trial.context(), acc, magnitude_bits(threshold), out), out);
}

SparseVector drawn_pairs(Trial& trial, int32_t step) {
  const float* const values = trial.floats("values", trial.size());
  SparseVector pairs;
  for (int64_t i = 0; i < trial.size(); ++i)
    pairs.push_back(static_cast<int32_t>(i) * step, values[i]);
  return pairs;
}

void top_k_of_pairs(const SelectFunctions& table, Trial& trial) {
  for (const int64_t k : {int64_t{0}, trial.size() / 3, trial.size() + 1}) {
    SparseVector pairs = drawn_pairs(trial, 3), dropped;
    table.top_k_of_pairs(pairs, k, dropped);
    record(trial, pairs);
    record(trial, dropped);
  }
}

// Exact numbers are a power of two, and of one block: their mean and the sum of squares are exact.
void moments(const SelectFunctions& table, Trial& trial) {
  Accumulator acc = accumulator(trial);
  if (trial.exact() && acc.size() > 0) {
    const size_t power = std::min<size_t>(std::bit_floor(acc.gradient.size()), 4096);
    acc.residual = acc.residual.first(power);
    acc.gradient = acc.gradient.first(power);
  }
  const Moments found = table.moments(trial.context(), acc);
  trial.returned("mean", found.mean);
  if (std::isfinite(found.mean)) trial.returned("deviation", found.deviation);
}

void all_finite(const SelectFunctions& table, Trial& trial) {
  const std::span<float> values(trial.floats("values", trial.size()),
                                static_cast<size_t>(trial.size()));
  trial.returned("finite", table.all_finite(trial.context(), values));
  if (values.empty()) return;
  values.back() = std::numeric_limits<float>::infinity();
  trial.returned("infinite", table.all_finite(trial.context(), values));
}

void pair_sum(const SelectFunctions& table, Trial& trial) {
  SparseVector out;
  const std::vector<SparseVector> lists{drawn_pairs(trial, 2), drawn_pairs(trial, 3),
                                        drawn_pairs(trial, 1)};
  table.pair_sum(lists, out);
  record(trial, out);
}

constexpr KernelCheck<SelectFunctions> select_calls[] = {{"select.top_k", top_k},
                                                         {"select.above", above},
                                                         {"select.top_k_of_pairs", top_k_of_pairs},
                                                         {"select.moments", moments, 1e-12},
                                                         {"select.all_finite", all_finite},
                                                         {"select.pair_sum", pair_sum}};

constexpr SelectFunctions select_functions = {
    .top_k =
        [](const Context& context, const Accumulator& acc, int64_t k, SparseVector& out) {
          SelectScratch scratch;
          return ops::top_k(context, acc, k, scratch, out);
        },
    .above = ops::above,
    .top_k_of_pairs = ops::top_k,
    .moments = ops::moments,
    .all_finite = ops::all_finite,
    .pair_sum =
        [](std::span<const SparseVector> lists, SparseVector& out) {
          PairSum sum;
          sum.open(0, 4000);
          for (const SparseVector& list : lists) sum.add(list.indices, list.values);
          sum.take(out);
        },
};
constexpr SelectFunctions select_functions_ref = {
    .top_k = [](const Context&, const Accumulator& acc, int64_t k,
                SparseVector& out) { return top_k_ref(acc, k, out); },
    .above = [](const Context&, const Accumulator& acc, uint32_t threshold,
                SparseVector& out) { return above_ref(acc, threshold, out); },
    .top_k_of_pairs = top_k_ref,
    .moments = [](const Context&, const Accumulator& acc) { return moments_ref(acc); },
    .all_finite = all_finite_ref,
    .pair_sum = pair_sum_ref,
};

}  // namespace

constinit const KernelChecks<SelectFunctions> select_function_checks = {
    {"select", walk_isas<SelectFunctions>},
    select_calls,
    [](Isa) -> const SelectFunctions& { return select_functions; },
    &select_functions_ref};

}  // namespace laconic::ops
