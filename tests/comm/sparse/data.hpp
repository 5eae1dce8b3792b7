// Gradients that have gone wrong somewhere. Integer-valued below 2^8 in magnitude, so that every
// sum over 200 steps and 16 ranks is exact, unless a kind says otherwise.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "framework/base/random.hpp"

namespace laconic::comm::test {

// Sanitizers are slow: they see fewer steps of the same kinds.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

inline const std::vector<std::string>& data_kinds() {
  static const std::vector<std::string> kinds = {
      "uniform",       "decaying",   "hot_slice",     "rank_disjoint", "one_region",
      "zero",          "equal",      "cancelling",    "single",        "one_rank_zero",
      "only_one_rank", "few_values", "same_on_ranks", "drifting"};
  return kinds;
}

// `distinct`: normal instead of uniform integers, so that no two magnitudes are equal, as in life.
inline void fill(const std::string& kind, int rank, int ranks, int64_t step, std::vector<float>& g,
                 bool distinct = false) {
  const auto n = static_cast<int64_t>(g.size());
  const Random random(17, Stream::test, static_cast<uint64_t>(step),
                      static_cast<uint32_t>(kind == "same_on_ranks" ? 0 : rank));
  const auto integer = [&](int64_t i, int64_t most) {
    if (distinct)
      return static_cast<float>(random.normal(static_cast<uint64_t>(i)) *
                                static_cast<double>(most));
    const double u = random.uniform(static_cast<uint64_t>(i));
    return static_cast<float>(
        static_cast<int64_t>(std::floor(u * static_cast<double>(2 * most + 1))) - most);
  };
  const auto inside = [&](int64_t i, int64_t begin, int64_t length) {
    return i >= begin && i < begin + length;
  };
  for (int64_t i = 0; i < n; ++i) {
    float x = integer(i, 255);
    if (kind == "decaying") x = integer(i, 1 + 254 * (n - i) / n / (1 + 8 * i / n));
    if (kind == "hot_slice") x = inside(i, n / 3, n / 100 + 1) ? integer(i, 255) : integer(i, 3);
    if (kind == "rank_disjoint")
      x = inside(i, n / ranks * rank, n / ranks) ? integer(i, 255) : integer(i, 2);
    if (kind == "one_region") x = rank == 0 && i < n / 10 ? 255 : integer(i, 20);
    if (kind == "zero") x = 0;
    if (kind == "equal") x = (i + rank) % 2 == 0 ? 7.0f : -7.0f;
    if (kind == "cancelling") x = (rank % 2 == 0 ? 1.0f : -1.0f) * static_cast<float>(1 + i % 50);
    if (kind == "single") x = i == (step * 7 + rank) % n ? -3.0f : -0.0f;
    if (kind == "one_rank_zero" && rank == 1) x = 0;
    if (kind == "only_one_rank" && rank != ranks - 1) x = 0;
    if (kind == "few_values") x = integer(i, 1);
    if (kind == "drifting")
      x = inside(i, (n / 7 * step / 3) % n, n / 20 + 1) ? integer(i, 255) : integer(i, 3);
    g[i] = x;
  }
}

}  // namespace laconic::comm::test
