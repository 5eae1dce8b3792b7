// The kernels of selection, for an accumulator and for candidates.
#include "framework/ops/select/accumulator.hpp"
#include "framework/ops/select/append.hpp"
#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

int64_t append_above(const AccumulatorArgs& args, int32_t bound, int64_t first, int64_t last,
                     PairBuffer& to) {
  int64_t next = first;
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        const auto position = [](int64_t i, int) __attribute__((always_inline)) {
          return lane_numbers(AllLanes()) + static_cast<int32_t>(i);
        };
        next = append_chosen(position, read, bound, first, last, to);
      });
  return next;
}

int64_t append_pairs_above(const int32_t* indices, const float* values, int32_t bound,
                           int64_t first, int64_t last, PairBuffer& to) {
  const auto index = [=](int64_t i, int lanes) __attribute__((always_inline)) {
    return (Mask)load(reinterpret_cast<const float*>(indices + i), lanes);
  };
  const auto value = [=](int64_t i, int lanes) __attribute__((always_inline)) {
    return load(values + i, lanes);
  };
  return append_chosen(index, value, bound, first, last, to);
}

int32_t magnitude(float x) {
  return __builtin_bit_cast(int32_t, x) & 0x7fffffff;
}

MagnitudeRange magnitude_range(const float* values, int64_t count, MagnitudeRange within) {
  Mask low = Mask{} + within.high, high = Mask{} + within.low;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Mask m = (Mask)load(values + i) & 0x7fffffff;
    const Mask not_below = m >= within.low ? m : low, not_above = m <= within.high ? m : high;
    low = not_below < low ? not_below : low;
    high = not_above > high ? not_above : high;
  }
  MagnitudeRange range{low[0], high[0]};
  const auto include = [&](int32_t lowest, int32_t highest) {
    if (lowest < range.low && lowest >= within.low) range.low = lowest;
    if (highest > range.high && highest <= within.high) range.high = highest;
  };
  for (int lane = 1; lane < kLanes; ++lane) include(low[lane], high[lane]);
  for (; i < count; ++i) include(magnitude(values[i]), magnitude(values[i]));
  return range;
}

// Counts magnitudes per bin. Tests four vectors at once first, since most of them are outside a
// narrow range.
void magnitude_histogram(const float* values, int64_t count, MagnitudeRange range, int shift,
                         uint32_t* histogram) {
  const auto width = static_cast<uint32_t>(range.high - range.low);
  const auto add = [=](int64_t first, int64_t last) __attribute__((always_inline)) {
    for (int64_t i = first; i < last; ++i) {
      const auto offset = static_cast<uint32_t>(magnitude(values[i]) - range.low);
      if (offset <= width) ++histogram[offset >> shift];
    }
  };
  const auto inside = [=](int64_t i) __attribute__((always_inline))->Chosen {
    const Vec v = load(values + i);
    return above_bound(v, range.low - 1) & ~above_bound(v, range.high);
  };
  constexpr int64_t group = 4 * kLanes;
  int64_t i = 0;
  for (; i + group <= count; i += group)
    if (!none(inside(i), inside(i + kLanes), inside(i + 2 * kLanes), inside(i + 3 * kLanes)))
      add(i, i + group);
  add(i, count);
}

int64_t after_nth_equal(const float* values, int64_t count, int32_t wanted, int64_t nth) {
  constexpr int64_t group = 64;
  int64_t i = 0;
  for (; i + group <= count; i += group) {
    int32_t equal = 0;
    for (int64_t j = i; j < i + group; ++j) equal += magnitude(values[j]) == wanted;
    if (equal >= nth) break;
    nth -= equal;
  }
  for (;; ++i)
    if (magnitude(values[i]) == wanted && --nth == 0) return i + 1;
}

void accumulate(const AccumulatorArgs& args, int64_t count, float* out) {
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        for_vectors(
            count, [&](int64_t i, int lanes)
                       __attribute__((always_inline)) { store(out + i, read(i, lanes), lanes); });
      });
}

// Adds element first + i to sum i % 8, for any width of a vector.
void moment_sums(const AccumulatorArgs& args, int64_t first, int64_t last, double centre,
                 double sums[2]) {
  constexpr int width = kLanes / 2;  // doubles in a register
  constexpr int parts = 8 / width;   // that make up the eight sums
  constexpr int step = kLanes < 8 ? 8 : kLanes;
  typedef float Part __attribute__((vector_size(width * 4)));
  typedef double DoublePart __attribute__((vector_size(width * 8)));
  DoublePart sum[parts] = {}, squares[parts] = {};
  const auto add = [&](const Vec* acc, int lanes) __attribute__((always_inline)) {
    for (int part = 0; part < step / width; ++part) {
      Part some;
      __builtin_memcpy(&some, reinterpret_cast<const char*>(acc) + part * sizeof some, sizeof some);
      DoublePart x = __builtin_convertvector(some, DoublePart) - centre;
      if (lanes < step)
        for (int lane = 0; lane < width; ++lane)
          x[lane] = part * width + lane < lanes ? x[lane] : 0;
      sum[part % parts] += x;
      squares[part % parts] += rounded(x * x);
    }
  };
  with_accumulator(
      args, [&](auto read) __attribute__((always_inline)) {
        int64_t i = first;
        Vec acc[step / kLanes];
        for (; i + step <= last; i += step) {
          for (int j = 0; j < step / kLanes; ++j) acc[j] = read(i + j * kLanes, kLanes);
          add(acc, step);
        }
        if (i == last) return;
        for (int j = 0; j < step / kLanes; ++j) {
          const int64_t left = last - i - j * kLanes;
          acc[j] = left <= 0 ? Vec{} : read(i + j * kLanes, left < kLanes ? (int)left : kLanes);
        }
        add(acc, static_cast<int>(last - i));
      });
  sums[0] = sums[1] = 0;
  for (int lane = 0; lane < 8; ++lane) {
    sums[0] += sum[lane / width][lane % width];
    sums[1] += squares[lane / width][lane % width];
  }
}

}  // namespace

constinit const SelectKernels LACONIC_THIS_ISA(select) = {
    .append_above = append_above,
    .append_pairs_above = append_pairs_above,
    .magnitude_range = magnitude_range,
    .magnitude_histogram = magnitude_histogram,
    .after_nth_equal = after_nth_equal,
    .accumulate = accumulate,
    .moment_sums = moment_sums,
};

}  // namespace laconic::ops
