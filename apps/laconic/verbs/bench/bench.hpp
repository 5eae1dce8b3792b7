// The benchmarks. Each is one file, and verbs/bench.cpp lists them. They write JSON to standard
// output, so that scripts can compare them with other programs. bench allreduce writes tables there
// and JSON to a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "apps/laconic/verbs/verb.hpp"
#include "framework/observe/trace.hpp"

namespace laconic {

void add_bench_spmm(const Command&, Action&);
void add_bench_epoch(const Command&, Action&);
void add_bench_select(const Command&, Action&);
void add_bench_scaling(const Command&, Action&);
void add_bench_allreduce(const Command&, Action&);
void add_bench_overlap(const Command&, Action&);
void add_bench_checkpoint(const Command&, Action&);

template <class F>
double seconds_of(F&& f) {
  const int64_t start = steady_ns();
  f();
  return static_cast<double>(steady_ns() - start) * 1e-9;
}

struct Spread {
  double median;
  double least;
};
inline Spread spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front()};
}

// Measures the seconds of `repetitions` calls, after one to warm up.
template <class F>
Spread measure(int repetitions, F&& f) {
  f();
  std::vector<double> times;
  do times.push_back(seconds_of(f));
  while (--repetitions > 0);
  return spread(times);
}

// Measures the memory bandwidth of this machine: a STREAM triad on arrays much larger than caches.
class Triad {
 public:
  static constexpr int64_t elements = 1 << 24;
  static constexpr double bytes = 12.0 * elements;
  explicit Triad(int threads) : threads_(threads) {}
  void operator()();  // a = b + 3c

 private:
  int threads_;
  std::vector<float> a_ = std::vector<float>(elements);
  std::vector<float> b_ = std::vector<float>(elements, 1);
  std::vector<float> c_ = std::vector<float>(elements, 2);
};

}  // namespace laconic
