// Gradients that have gone wrong somewhere. Integer-valued below 2^8 in magnitude, so that every
// sum over 200 steps and 16 ranks is exact, unless a kind says otherwise.
#pragma once

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "framework/base/random.hpp"
#include "tests/sanitized.hpp"

namespace laconic::comm::test {

using laconic::test::sanitized;

// So many steps; LACONIC_TEST_STEPS asks the tests that call this for more of them.
inline int64_t steps_or_more(int64_t usual) {
  const char* wanted = std::getenv("LACONIC_TEST_STEPS");
  return wanted == nullptr ? usual : std::atoll(wanted);
}

inline const std::vector<std::string>& data_kinds() {
  static const std::vector<std::string> kinds = {
      "uniform",       "decaying",   "hot_slice", "rank_disjoint", "one_region",    "zero",
      "equal",         "cancelling", "single",    "one_rank_zero", "only_one_rank", "few_values",
      "same_on_ranks", "drifting",   "denormal",  "largest"};
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
  const auto set = [&](auto element) {
    for (int64_t i = 0; i < n; ++i) g[i] = element(i);
  };
  if (kind == "decaying")
    set([&](int64_t i) { return integer(i, 1 + 254 * (n - i) / n / (1 + 8 * i / n)); });
  else if (kind == "hot_slice")
    set([&](int64_t i) { return integer(i, inside(i, n / 3, n / 100 + 1) ? 255 : 3); });
  else if (kind == "rank_disjoint")
    set([&](int64_t i) { return integer(i, inside(i, n / ranks * rank, n / ranks) ? 255 : 2); });
  else if (kind == "one_region")
    set([&](int64_t i) { return rank == 0 && i < n / 10 ? 255 : integer(i, 20); });
  else if (kind == "zero" || (kind == "one_rank_zero" && rank == 1) ||
           (kind == "only_one_rank" && rank != ranks - 1))
    set([&](int64_t) { return 0.0f; });
  else if (kind == "equal")
    set([&](int64_t i) { return (i + rank) % 2 == 0 ? 7.0f : -7.0f; });
  else if (kind == "cancelling")
    set([&](int64_t i) { return (rank % 2 == 0 ? 1.0f : -1.0f) * static_cast<float>(1 + i % 50); });
  else if (kind == "single")
    set([&](int64_t i) { return i == (step * 7 + rank) % n ? -3.0f : -0.0f; });
  else if (kind == "few_values")
    set([&](int64_t i) { return integer(i, 1); });
  else if (kind == "drifting")
    set([&](int64_t i) {
      return integer(i, inside(i, (n / 7 * step / 3) % n, n / 20 + 1) ? 255 : 3);
    });
  else if (kind == "denormal")  // multiples of the smallest float: as exact as integers
    set([&](int64_t i) { return std::ldexp(integer(i, 255), -149); });
  else
    set([&](int64_t i) { return integer(i, 255); });
  // One index is as large as can be on one rank and zero on the others; what is not said of it goes
  // away again.
  if (kind == "largest" && n > 0)
    g[n / 2] = rank != ranks - 1 ? 0
               : step % 2 == 0   ? std::numeric_limits<float>::max()
                                 : -std::numeric_limits<float>::max();
}

}  // namespace laconic::comm::test
