// What a sparse sum must be, computed the slow and obvious way from all ranks' accumulators, and
// the checker that compares. It returns words instead of failing, so that tests can show that it
// catches mistakes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "comm/base/traffic_by_tag.hpp"
#include "comm/sparse/oktopk.hpp"
#include "comm/sparse/sparse_allreduce.hpp"
#include "comm/sparse/tags.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm::test {

using TagTraffic = TrafficByTag;

// What one step began with and left at one rank.
struct RankStep {
  std::vector<float> accumulator;
  SparseSum sum;
  TagTraffic traffic;
  // Of Ok-Topk:
  std::vector<int64_t> regions;  // bounds
  uint32_t local_threshold = 0;  // magnitude bits, as used
  uint32_t global_threshold = 0;
};

// What the methods promise differs in three ways.
struct Promise {
  bool exact_local = true;     // every rank selects its exact top-k
  bool exact_global = true;    // the result is the exact top-k of the sums of selections
  bool all_delivered = false;  // what was selected has left, else only what is in the result has
  bool whole_sums = true;      // every sum in the result contains all selections of its index
};

inline Promise promise_of(const std::string& name, const OkTopkOptions& options) {
  if (name == "oktopk" && options.mode == OkTopkOptions::Mode::exact) return {};
  if (name == "oktopk") return {.exact_local = false, .exact_global = false};
  if (name == "topka" || name == "topkdsa") return {.exact_global = false, .all_delivered = true};
  if (name == "gaussiank")
    return {.exact_local = false, .exact_global = false, .all_delivered = true};
  if (name == "gtopk") return {.exact_global = false, .all_delivered = true, .whole_sums = false};
  return {.exact_local = false, .exact_global = false, .all_delivered = true, .whole_sums = false};
}

// Indices of the min(k, eligible) largest magnitudes, ties to the lowest index; ascending.
inline std::vector<int32_t> largest(std::vector<std::pair<int32_t, float>> pairs, int64_t k) {
  if (std::ssize(pairs) > k) {
    std::nth_element(pairs.begin(), pairs.begin() + k, pairs.end(),
                     [](const auto& a, const auto& b) {
                       const uint32_t size = ops::magnitude_bits(a.second);
                       const uint32_t other = ops::magnitude_bits(b.second);
                       return size != other ? size > other : a.first < b.first;
                     });
    pairs.resize(k);
  }
  std::vector<int32_t> indices;
  for (const auto& [index, value] : pairs) indices.push_back(index);
  std::sort(indices.begin(), indices.end());
  return indices;
}

inline std::vector<std::pair<int32_t, float>> nonzeros(const std::vector<float>& values) {
  std::vector<std::pair<int32_t, float>> pairs;
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0) pairs.emplace_back(static_cast<int32_t>(i), values[i]);
  return pairs;
}

inline std::string differing(const char* what, int rank, int64_t index, double found,
                             double expected) {
  return fmt::format("{}: rank {}, index {}: {} instead of {}", what, rank, index, found, expected);
}

// residual' of one rank, in the order of the contract.
inline std::vector<float> next_residual(const std::vector<float>& accumulator,
                                        const SparseSum& sum) {
  std::vector<float> residual = accumulator;
  for (int64_t i = 0; i < sum.delivered.size(); ++i)
    residual[sum.delivered.indices[i]] -= sum.delivered.values[i];
  for (int64_t i = 0; i < sum.returned.size(); ++i)
    residual[sum.returned.indices[i]] += sum.returned.values[i];
  return residual;
}

// Conservation: over all ranks, accumulators = sum + residuals'. Exact on integer data.
inline std::string conservation(const std::vector<RankStep>& steps, double ulps) {
  const size_t n = steps[0].accumulator.size();
  std::vector<double> left(n, 0);
  std::vector<double> magnitude(n, 0);
  for (const RankStep& step : steps) {
    const std::vector<float> residual = next_residual(step.accumulator, step.sum);
    for (size_t i = 0; i < n; ++i) {
      left[i] += static_cast<double>(step.accumulator[i]) - residual[i];
      magnitude[i] += std::abs(static_cast<double>(step.accumulator[i]));
    }
  }
  const ops::SparseVector& sum = steps[0].sum.sum;
  for (int64_t i = 0; i < sum.size(); ++i) left[sum.indices[i]] -= sum.values[i];
  for (size_t i = 0; i < n; ++i)
    if (!(std::abs(left[i]) <= ulps * 6e-8 * magnitude[i]))
      return differing("conservation", -1, static_cast<int64_t>(i), left[i], 0);
  return "";
}

// All ranks' results of one sum. `ulps` = 0: integer-valued data, everything is exact.
inline std::string problems(const Promise& promise, const PairFormat& format,
                            const std::vector<RankStep>& steps, int64_t k, double ulps = 0) {
  const auto ranks = static_cast<int>(steps.size());
  const auto n = std::ssize(steps[0].accumulator);
  const SparseSum& first = steps[0].sum;
  for (int rank = 0; rank < ranks; ++rank) {
    const SparseSum& mine = steps[rank].sum;
    if (mine.sum.indices != first.sum.indices ||
        (mine.sum.size() > 0 && std::memcmp(mine.sum.values.data(), first.sum.values.data(),
                                            first.sum.values.size() * sizeof(float)) != 0))
      return fmt::format("agreement: rank {} has another sum than rank 0", rank);
    for (const ops::SparseVector* pairs : {&mine.sum, &mine.delivered, &mine.returned})
      for (int64_t i = 0; i < pairs->size(); ++i)
        if (pairs->indices[i] < 0 || pairs->indices[i] >= n ||
            (i > 0 && pairs->indices[i] <= pairs->indices[i - 1]))
          return fmt::format("order: rank {} has index {} at {}", rank, pairs->indices[i], i);
    if (!mine.finite) return fmt::format("finite: rank {} says it is not", rank);
  }

  // Selections: known where they are exact; else what was delivered must be the rank's own values.
  std::vector<double> reduced(n, 0), size_of_terms(n, 0);  // over all selections
  std::vector<bool> selected(n, false);
  const auto select = [&](int32_t index, float value) {
    reduced[index] += value;
    size_of_terms[index] += std::abs(value);
    selected[index] = true;
  };
  for (int rank = 0; rank < ranks; ++rank) {
    const std::vector<float>& accumulator = steps[rank].accumulator;
    const ops::SparseVector& delivered = steps[rank].sum.delivered;
    if (promise.exact_local) {
      const std::vector<int32_t> selection = largest(nonzeros(accumulator), k);
      if (steps[rank].sum.selected != std::ssize(selection))
        return differing("local count", rank, -1, static_cast<double>(steps[rank].sum.selected),
                         static_cast<double>(selection.size()));
      for (const int32_t index : selection) select(index, format.rounded(accumulator[index]));
      std::vector<int32_t> expected;
      for (const int32_t index : selection)
        if (promise.all_delivered ||
            std::binary_search(first.sum.indices.begin(), first.sum.indices.end(), index))
          expected.push_back(index);
      if (delivered.indices != expected)
        return fmt::format("delivered: rank {} delivered {} pairs instead of {}, or others", rank,
                           delivered.size(), expected.size());
    } else {
      for (int64_t i = 0; i < delivered.size(); ++i)
        select(delivered.indices[i], delivered.values[i]);
    }
    for (int64_t i = 0; i < delivered.size(); ++i)
      if (delivered.values[i] != format.rounded(accumulator[delivered.indices[i]]))
        return differing("delivered", rank, delivered.indices[i], delivered.values[i],
                         accumulator[delivered.indices[i]]);
  }

  const double rounding = format.type == ops::ValueType::bfloat16 ? 1.0 / 256 : 0;
  constexpr double smallest_normal = std::numeric_limits<float>::min();  // below, steps are equal
  if (promise.whole_sums)
    for (int64_t i = 0; i < first.sum.size(); ++i) {
      const int32_t index = first.sum.indices[i];
      if (!selected[index]) return fmt::format("reduction: index {} was selected by nobody", index);
      const double expected = reduced[index];
      const double tolerance = ulps * 6e-8 * size_of_terms[index] + rounding * std::abs(expected) +
                               rounding * smallest_normal;
      if (!(std::abs(first.sum.values[i] - expected) <= tolerance))
        return differing("reduction", 0, index, first.sum.values[i], expected);
    }
  if (promise.exact_global && ulps == 0) {
    std::vector<std::pair<int32_t, float>> sums_of_all;
    for (int32_t index = 0; index < n; ++index)
      if (selected[index])
        sums_of_all.emplace_back(index, format.rounded(static_cast<float>(reduced[index])));
    if (largest(sums_of_all, k) != first.sum.indices)
      return fmt::format("global: {} pairs, not the {} largest of {}", first.sum.size(), k,
                         sums_of_all.size());
  }
  return conservation(steps, ulps == 0 ? 0 : 2 * ranks + ulps);
}

}  // namespace laconic::comm::test
