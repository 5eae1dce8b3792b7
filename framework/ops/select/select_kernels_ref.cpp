// The references for the kernels of selection: element by element.
#include <algorithm>
#include <limits>

#include "framework/ops/select/select.hpp"
#include "framework/ops/select/select_kernels.hpp"

namespace laconic::ops {

namespace {

float element(const AccumulatorArgs& a, int64_t i) {
  const float kept = a.residual == nullptr ? 0 : a.scale * a.residual[i];
  return kept + a.gradient[i];
}

int32_t magnitude(float x) {
  return static_cast<int32_t>(magnitude_bits(x));
}

// Appends pairs until the buffer is full.
template <class Index, class Value>
int64_t append(Index index, Value value, int32_t bound, int64_t first, int64_t last,
               PairBuffer& to) {
  for (int64_t i = first; i < last; ++i) {
    if (to.count == to.capacity) return i;
    const int32_t number = index(i);
    const float x = value(i);
    if (magnitude(x) <= bound) continue;
    to.indices[to.count] = number;
    to.values[to.count++] = x;
  }
  return last;
}

int64_t append_above(const AccumulatorArgs& a, int32_t bound, int64_t first, int64_t last,
                     PairBuffer& to) {
  return append([](int64_t i) { return static_cast<int32_t>(i); },
                [&](int64_t i) { return element(a, i); }, bound, first, last, to);
}

int64_t append_pairs_above(const int32_t* indices, const float* values, int32_t bound,
                           int64_t first, int64_t last, PairBuffer& to) {
  return append([&](int64_t i) { return indices[i]; }, [&](int64_t i) { return values[i]; }, bound,
                first, last, to);
}

MagnitudeRange magnitude_range(const float* values, int64_t count, MagnitudeRange within) {
  MagnitudeRange found{std::numeric_limits<int32_t>::max(), 0};
  for (int64_t i = 0; i < count; ++i) {
    const int32_t m = magnitude(values[i]);
    if (m < within.low || m > within.high) continue;
    found = {std::min(found.low, m), std::max(found.high, m)};
  }
  return found;
}

void magnitude_histogram(const float* values, int64_t count, MagnitudeRange range, int shift,
                         uint32_t* histogram) {
  for (int64_t i = 0; i < count; ++i) {
    const int32_t m = magnitude(values[i]);
    if (m >= range.low && m <= range.high) ++histogram[(m - range.low) >> shift];
  }
}

int64_t after_nth_equal(const float* values, int64_t count, int32_t wanted, int64_t nth) {
  for (int64_t i = 0; i < count; ++i)
    if (magnitude(values[i]) == wanted && --nth == 0) return i + 1;
  return count;
}

void accumulate(const AccumulatorArgs& a, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = element(a, i);
}

// The order of the sums is a part of the result.
void moment_sums(const AccumulatorArgs& a, int64_t first, int64_t last, double centre,
                 double sums[2]) {
  double parts[8] = {}, squares[8] = {};
  for (int64_t i = first; i < last; ++i) {
    const double x = element(a, i) - centre;
    parts[(i - first) % 8] += x;
    squares[(i - first) % 8] += x * x;
  }
  sums[0] = sums[1] = 0;
  for (int n = 0; n < 8; ++n) {
    sums[0] += parts[n];
    sums[1] += squares[n];
  }
}

}  // namespace

constinit const SelectKernels select_kernels_ref = {.append_above = append_above,
                                                    .append_pairs_above = append_pairs_above,
                                                    .magnitude_range = magnitude_range,
                                                    .magnitude_histogram = magnitude_histogram,
                                                    .after_nth_equal = after_nth_equal,
                                                    .accumulate = accumulate,
                                                    .moment_sums = moment_sums};

}  // namespace laconic::ops
