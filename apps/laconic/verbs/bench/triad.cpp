#include "apps/laconic/verbs/bench/bench.hpp"

namespace laconic {

Seconds triad(int threads, int repetitions) {
  constexpr int64_t n = triad_bytes / 12;
  std::vector<float> a(n), b(n, 1), c(n, 2);
  return measure(repetitions, [&] {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < n; ++i) a[i] = b[i] + 3 * c[i];
  });
}

}  // namespace laconic
