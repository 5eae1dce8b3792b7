#include "apps/laconic/verbs/bench/bench.hpp"

namespace laconic {

void Triad::operator()() {
  float* const a = a_.data();
  const float *const b = b_.data(), *const c = c_.data();
#pragma omp parallel for num_threads(threads_) schedule(static)
  for (int64_t i = 0; i < elements; ++i) a[i] = b[i] + 3 * c[i];
}

}  // namespace laconic
