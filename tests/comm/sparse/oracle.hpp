// What a sparse sum must be, computed the slow and obvious way from all ranks' accumulators, and
// the checker that compares. It returns words instead of failing, so that tests can show that it
// catches mistakes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "comm/sparse/sparse_allreduce.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm::test {

using Vectors = std::vector<std::vector<float>>;  // by rank

// What the methods promise differs in three ways.
struct Promise {
  bool exact_local = true;     // every rank selects its exact top-k
  bool exact_global = true;    // the result is the exact top-k of the sums of selections
  bool all_delivered = false;  // what was selected has left, else only what is in the result has
  bool whole_sums = true;      // every sum in the result contains all selections of its index
};

inline Promise promise_of(const std::string& name, const SparseOptions& options) {
  if (name == "oktopk" && options.mode == "exact") return {};
  if (name == "oktopk") return {.exact_local = false, .exact_global = false};
  if (name == "topka" || name == "topkdsa") return {.exact_global = false, .all_delivered = true};
  if (name == "gaussiank")
    return {.exact_local = false, .exact_global = false, .all_delivered = true};
  if (name == "gtopk") return {.exact_global = false, .all_delivered = true, .whole_sums = false};
  return {.exact_local = false, .exact_global = false, .all_delivered = true, .whole_sums = false};
}

// Indices of the min(k, eligible) largest magnitudes, ties to the lowest index; ascending.
inline std::vector<int32_t> largest(std::vector<std::pair<int32_t, float>> pairs, int64_t k) {
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    return ops::magnitude_bits(a.second) > ops::magnitude_bits(b.second);
  });
  if (std::ssize(pairs) > k) pairs.resize(k);
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
inline std::string conservation(const Vectors& accumulators, const std::vector<SparseSum>& sums,
                                double ulps) {
  const size_t n = accumulators[0].size();
  std::vector<double> left(n, 0);
  std::vector<double> magnitude(n, 0);
  for (size_t rank = 0; rank < sums.size(); ++rank) {
    const std::vector<float> residual = next_residual(accumulators[rank], sums[rank]);
    for (size_t i = 0; i < n; ++i) {
      left[i] += static_cast<double>(accumulators[rank][i]) - residual[i];
      magnitude[i] += std::abs(static_cast<double>(accumulators[rank][i]));
    }
  }
  for (int64_t i = 0; i < sums[0].sum.size(); ++i)
    left[sums[0].sum.indices[i]] -= sums[0].sum.values[i];
  for (size_t i = 0; i < n; ++i)
    if (!(std::abs(left[i]) <= ulps * 6e-8 * magnitude[i]))
      return differing("conservation", -1, static_cast<int64_t>(i), left[i], 0);
  return "";
}

// All ranks' results of one sum. `ulps` = 0: integer-valued data, everything is exact.
inline std::string problems(const Promise& promise, const PairFormat& format,
                            const Vectors& accumulators, int64_t k,
                            const std::vector<SparseSum>& sums, double ulps = 0) {
  const auto ranks = static_cast<int>(accumulators.size());
  const SparseSum& first = sums[0];
  for (int rank = 0; rank < ranks; ++rank) {
    const SparseSum& mine = sums[rank];
    if (mine.sum.indices != first.sum.indices ||
        (mine.sum.size() > 0 && std::memcmp(mine.sum.values.data(), first.sum.values.data(),
                                            first.sum.values.size() * sizeof(float)) != 0))
      return fmt::format("agreement: rank {} has another sum than rank 0", rank);
    for (const ops::SparseVector* pairs : {&mine.sum, &mine.delivered, &mine.returned})
      for (int64_t i = 0; i < pairs->size(); ++i)
        if (pairs->indices[i] < 0 || pairs->indices[i] >= std::ssize(accumulators[rank]) ||
            (i > 0 && pairs->indices[i] <= pairs->indices[i - 1]))
          return fmt::format("order: rank {} has index {} at {}", rank, pairs->indices[i], i);
    if (!mine.finite) return fmt::format("finite: rank {} says it is not", rank);
  }

  // Selections: known where they are exact; else what was delivered must be the rank's own values.
  std::map<int32_t, double> reduced;  // over all selections
  std::map<int32_t, double> size_of_terms;
  for (int rank = 0; rank < ranks; ++rank) {
    const std::vector<float>& accumulator = accumulators[rank];
    const ops::SparseVector& delivered = sums[rank].delivered;
    if (promise.exact_local) {
      const std::vector<int32_t> selection = largest(nonzeros(accumulator), k);
      if (sums[rank].selected != std::ssize(selection))
        return differing("local count", rank, -1, static_cast<double>(sums[rank].selected),
                         static_cast<double>(selection.size()));
      for (const int32_t index : selection) {
        reduced[index] += format.rounded(accumulator[index]);
        size_of_terms[index] += std::abs(accumulator[index]);
      }
      std::vector<int32_t> expected;
      for (const int32_t index : selection)
        if (promise.all_delivered ||
            std::binary_search(first.sum.indices.begin(), first.sum.indices.end(), index))
          expected.push_back(index);
      if (delivered.indices != expected)
        return fmt::format("delivered: rank {} delivered {} pairs instead of {}, or others", rank,
                           delivered.size(), expected.size());
    } else {
      for (int64_t i = 0; i < delivered.size(); ++i) {
        reduced[delivered.indices[i]] += delivered.values[i];
        size_of_terms[delivered.indices[i]] += std::abs(delivered.values[i]);
      }
    }
    for (int64_t i = 0; i < delivered.size(); ++i)
      if (delivered.values[i] != format.rounded(accumulator[delivered.indices[i]]))
        return differing("delivered", rank, delivered.indices[i], delivered.values[i],
                         accumulator[delivered.indices[i]]);
  }

  const double rounding = format.type == ops::ValueType::bfloat16 ? 1.0 / 256 : 0;
  if (promise.whole_sums)
    for (int64_t i = 0; i < first.sum.size(); ++i) {
      const int32_t index = first.sum.indices[i];
      if (!reduced.contains(index))
        return fmt::format("reduction: index {} was selected by nobody", index);
      const double expected = reduced.at(index);
      const double tolerance =
          ulps * 6e-8 * size_of_terms.at(index) + rounding * std::abs(expected);
      if (!(std::abs(first.sum.values[i] - expected) <= tolerance))
        return differing("reduction", 0, index, first.sum.values[i], expected);
    }
  if (promise.exact_global && ulps == 0) {
    std::vector<std::pair<int32_t, float>> sums_of_all;
    for (const auto& [index, value] : reduced)
      sums_of_all.emplace_back(index, format.rounded(static_cast<float>(value)));
    if (largest(sums_of_all, k) != first.sum.indices)
      return fmt::format("global: {} pairs, not the {} largest of {}", first.sum.size(), k,
                         sums_of_all.size());
  }
  return conservation(accumulators, sums, ulps == 0 ? 0 : 2 * ranks + ulps);
}

}  // namespace laconic::comm::test
