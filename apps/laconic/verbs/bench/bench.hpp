// The benches: one file each, listed in verbs/bench.cpp. Each writes JSON to standard output, so
// that scripts can set it beside other programs' figures.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/observe/trace.hpp"

namespace laconic {

void add_bench_spmm(CLI::App&, Action&);
void add_bench_epoch(CLI::App&, Action&);
void add_bench_select(CLI::App&, Action&);

struct Seconds {
  double median;
  double fastest;
};

// Of `repetitions` calls, after one to warm up.
template <class F>
Seconds measure(int repetitions, F&& f) {
  f();
  std::vector<double> times(static_cast<size_t>(std::max(1, repetitions)));
  for (double& time : times) {
    const int64_t start = steady_ns();
    f();
    time = static_cast<double>(steady_ns() - start) * 1e-9;
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times.front()};
}

// STREAM triad over arrays far larger than the caches: a = b + 3c, 12 bytes an element.
constexpr int64_t triad_bytes = int64_t{12} << 24;
Seconds triad(int threads, int repetitions = 5);

}  // namespace laconic
