// What holds over a whole run of Ok-Topk, beyond what one sum must be (oracle.hpp), and the runs on
// which it is checked, whatever the transport.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tests/comm/sparse/pairwise.hpp"
#include "tests/comm/sparse/training.hpp"

namespace laconic::comm::test {

// Sees every step of one run, in order, all ranks together.
class RunChecker {
 public:
  explicit RunChecker(const SparseCase& c)
      : case_(c),
        whole_values_(c.options.format.type == ops::ValueType::float32),
        given_(c.n),
        said_(c.n) {}

  // "" or the first thing that is wrong.
  std::string check(const std::vector<RankStep>& steps) {
    const PairFormat& format = case_.options.format;
    std::string problem =
        problems(promise_of(case_.algorithm, case_.options), format, steps, case_.k);
    if (problem.empty()) problem = residuals(steps);
    if (problem.empty()) problem = regions(steps);
    if (problem.empty() && case_.options.mode == Mode::paper) problem = thresholds(format, steps);
    if (problem.empty()) problem = limits(steps);
    if (problem.empty()) problem = telescope(steps);
    ++step_;
    return problem;
  }

 private:
  static bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

  // At each index a rank keeps the bits it had, or said everything and keeps +0.
  std::string residuals(const std::vector<RankStep>& steps) const {
    if (!whole_values_) return "";
    for (size_t rank = 0; rank < steps.size(); ++rank) {
      const RankStep& step = steps[rank];
      const std::vector<float> residual = next_residual(step.accumulator, step.sum);
      for (int64_t i = 0; i < case_.n; ++i)
        if (!same_bits(residual[i], step.accumulator[i]) &&
            !(same_bits(residual[i], 0) &&
              std::ranges::binary_search(step.sum.delivered.indices, static_cast<int32_t>(i))))
          return differing("residual", static_cast<int>(rank), i, residual[i], 0);
    }
    return "";
  }

  // They cover the space, are the same everywhere, and as published they stay for tau steps.
  std::string regions(const std::vector<RankStep>& steps) {
    if (case_.k == 0) return "";
    const std::vector<int64_t>& bounds = steps[0].regions;
    for (size_t rank = 0; rank < steps.size(); ++rank)
      if (steps[rank].regions != bounds ||
          steps[rank].global_threshold != steps[0].global_threshold)
        return fmt::format("regions or threshold: rank {} has others than rank 0", rank);
    if (bounds.front() != 0 || bounds.back() != case_.n || !std::ranges::is_sorted(bounds))
      return "regions: they do not cover the space";
    const bool may_change = case_.options.mode == Mode::exact || step_ % case_.options.tau == 0;
    if (!may_change && bounds != bounds_) return "regions: cut between two multiples of tau";
    bounds_ = bounds;
    return "";
  }

  // A rank says all at or above its threshold and the result has all sums at or above the global
  // one; every tau_prime steps both are exact.
  std::string thresholds(const PairFormat& format, const std::vector<RankStep>& steps) const {
    if (case_.k == 0) return "";
    const bool due = step_ % case_.options.tau_prime == 0;
    std::vector<float> sums(case_.n, 0);
    std::vector<bool> selected(case_.n, false);
    for (size_t rank = 0; rank < steps.size(); ++rank) {
      const RankStep& step = steps[rank];
      const auto all = nonzeros(step.accumulator);
      if (due && step.local_threshold != kth(all, case_.k))
        return fmt::format("local threshold: rank {} has another than its k-th", rank);
      int64_t count = 0;
      for (const auto& [index, value] : all) {
        if (ops::magnitude_bits(value) < step.local_threshold) continue;
        ++count;
        selected[index] = true;
        sums[index] += format.rounded(value);
      }
      if (count != step.sum.selected)
        return differing("local count", static_cast<int>(rank), -1,
                         static_cast<double>(step.sum.selected), static_cast<double>(count));
    }
    std::vector<std::pair<int32_t, float>> pairs;
    for (int32_t index = 0; index < case_.n; ++index)
      if (selected[index]) pairs.emplace_back(index, format.rounded(sums[index]));
    const uint32_t global = steps[0].global_threshold;
    if (due && std::ssize(pairs) > case_.k && global != kth(pairs, case_.k))
      return "global threshold: it is not the k-th of the sums";
    std::vector<int32_t> expected;
    for (const auto& [index, value] : pairs)
      if (ops::magnitude_bits(value) >= global) expected.push_back(index);
    if (expected != steps[0].sum.sum.indices)
      return fmt::format("global: {} pairs instead of {}, or others", steps[0].sum.sum.size(),
                         expected.size());
    return "";
  }

  // Magnitude bits of the k-th largest, or of the last where there are fewer; 0: there is none.
  static uint32_t kth(const std::vector<std::pair<int32_t, float>>& pairs, int64_t k) {
    std::vector<uint32_t> sizes;
    for (const auto& [index, value] : pairs) sizes.push_back(ops::magnitude_bits(value));
    if (sizes.empty()) return 0;
    const auto at = sizes.begin() + std::min(k, std::ssize(sizes)) - 1;
    std::nth_element(sizes.begin(), at, sizes.end(), std::greater<>());
    return *at;
  }

  // k = 0 and one rank: silence. k = n: everything is said.
  std::string limits(const std::vector<RankStep>& steps) const {
    for (size_t rank = 0; rank < steps.size(); ++rank) {
      int64_t messages = 0;
      steps[rank].traffic.each([&](Tag, const Traffic& traffic) {
        messages += traffic.messages_sent + traffic.messages_received;
      });
      if ((case_.k == 0 || case_.ranks == 1) && messages > 0)
        return fmt::format("silence: rank {} moved {} messages", rank, messages);
      if (case_.k == 0 && steps[rank].sum.sum.size() + steps[rank].sum.delivered.size() > 0)
        return fmt::format("silence: rank {} has a result of k = 0", rank);
      if (case_.k < case_.n || !whole_values_ || case_.options.mode == Mode::paper) continue;
      for (const float left : next_residual(steps[rank].accumulator, steps[rank].sum))
        if (left != 0) return fmt::format("k = n: rank {} keeps {}", rank, left);
    }
    return "";
  }

  // All that was ever given is what was ever said and what the ranks keep.
  std::string telescope(const std::vector<RankStep>& steps) {
    const ops::SparseVector& sum = steps[0].sum.sum;
    for (int64_t i = 0; i < sum.size(); ++i) said_[sum.indices[i]] += sum.values[i];
    std::vector<float> gradient(case_.n);
    std::vector<double> kept(case_.n, 0);
    for (int rank = 0; rank < case_.ranks; ++rank) {
      fill(case_.data, rank, case_.ranks, step_, gradient, case_.distinct);
      const std::vector<float> residual = next_residual(steps[rank].accumulator, steps[rank].sum);
      for (int64_t i = 0; i < case_.n; ++i) {
        given_[i] += gradient[i];
        kept[i] += residual[i];
      }
    }
    for (int64_t i = 0; i < case_.n; ++i)
      if (given_[i] != said_[i] + kept[i])
        return differing("telescoping", -1, i, said_[i] + kept[i], given_[i]);
    return "";
  }

  const SparseCase case_;
  const bool whole_values_;
  int64_t step_ = 0;
  std::vector<int64_t> bounds_;
  std::vector<double> given_, said_;  // over all ranks and steps
};

// A number for all that a step left at a rank, to compare runs by.
inline uint64_t fingerprint(const RankStep& step) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&](const auto& values) {
    for (const auto value : values) {
      uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof value);
      hash = (hash ^ bits) * 0x100000001b3;
      hash ^= hash >> 29;
    }
    hash = (hash ^ values.size()) * 0x100000001b3;
  };
  for (const ops::SparseVector* pairs : {&step.sum.sum, &step.sum.delivered, &step.sum.returned}) {
    mix(pairs->indices);
    mix(pairs->values);
  }
  mix(step.regions);
  mix(std::array{step.local_threshold, step.global_threshold});
  step.traffic.each([&](Tag tag, const Traffic& t) {
    mix(std::array<int64_t, 5>{tag.number, t.bytes_sent, t.bytes_received, t.messages_sent,
                               t.messages_received});
  });
  return hash;
}

// Of a run on threads, by step and rank.
inline std::vector<std::vector<uint64_t>> fingerprints(const SparseCase& c,
                                                       Communicators group = {}) {
  std::vector<std::vector<uint64_t>> result;
  const std::string problem = train(
      c, [&](int) { return make_rank(c); },
      [&](int64_t, const std::vector<RankStep>& steps) -> std::string {
        std::vector<uint64_t>& of_ranks = result.emplace_back();
        for (const RankStep& step : steps) of_ranks.push_back(fingerprint(step));
        return "";
      },
      std::move(group));
  EXPECT_EQ(problem, "") << testing::PrintToString(c);
  return result;
}

inline const std::vector<int>& rank_counts() {
  static const std::vector<int> counts = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16};
  return counts;
}

struct Size {
  int64_t n, k;
};

// Lengths around the number of ranks, a thousand and a million, with the k that matter for them.
// Where it would take too long, less than a million: the whole product, and most numbers of ranks.
inline std::vector<Size> sizes(int P, bool all) {
  const int bits = sanitized ? 16 : all ? 17 : P <= 4 || P == 16 ? 20 : 18;
  const int64_t large_n = (int64_t{1} << bits) + 3;
  std::vector<Size> result = {{0, 0}, {1, 1}, {P - 1, P - 1}, {P, P - 1}, {P + 1, (P + 1) / 3}};
  for (const int64_t k : {0, 1, P - 1, 10, 333, 1000}) result.push_back({1000, k});
  // A million pairs of each of many ranks would take most of the time.
  for (const int64_t k : {large_n / 100, P <= 4 ? large_n : 10}) result.push_back({large_n, k});
  if (!all) return result;
  for (const int64_t n : {int64_t{1}, int64_t{P - 1}, int64_t{P}, int64_t{P + 1}})
    for (const int64_t k : {int64_t{0}, int64_t{1}, n}) result.push_back({n, std::min(k, n)});
  for (const int64_t k : {int64_t{0}, int64_t{1}, int64_t{P - 1}, large_n / 3})
    result.push_back({large_n, k});
  return result;
}

// The runs of Ok-Topk for this number of ranks: its rows of a pairwise cover of ranks, data, sizes,
// modes and formats, or the whole product but for the formats, which take turns.
inline std::vector<SparseCase> oktopk_cases(int ranks, bool all) {
  std::vector<SparseCase> cases;
  const auto add = [&](int data, const Size& size, int mode, int codec, int type) {
    SparseCase c;
    c.options.mode = static_cast<Mode>(mode);
    c.options.format.codec = static_cast<ops::IndexCodec>(codec);
    c.options.format.type = static_cast<ops::ValueType>(type);
    c.options.tau = 8;
    c.options.tau_prime = 5;
    c.ranks = ranks;
    c.n = size.n;
    c.k = size.k;
    c.data = data_kinds()[data];
    c.steps = size.n > 1000 ? 5 : sanitized ? 5 : 200;
    cases.push_back(c);
  };
  const auto kinds = static_cast<int>(data_kinds().size());
  const std::vector<Size> all_sizes = sizes(ranks, all);
  if (all) {
    int turn = 0;
    for (int data = 0; data < kinds; ++data)
      for (const Size& size : all_sizes)
        for (int mode = 0; mode < 2; ++mode, ++turn) add(data, size, mode, turn % 3, turn / 3 % 2);
    return cases;
  }
  const auto counts = static_cast<int>(rank_counts().size());
  const auto mine =
      static_cast<int>(std::ranges::find(rank_counts(), ranks) - rank_counts().begin());
  for (const std::vector<int>& row :
       pairwise_rows({counts, kinds, static_cast<int>(all_sizes.size()), 2, 3, 2}))
    if (row[0] == mine) add(row[1], all_sizes[row[2]], row[3], row[4], row[5]);
  return cases;
}

}  // namespace laconic::comm::test
