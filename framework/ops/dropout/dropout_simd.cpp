// Computes the mask of dropout, kLanes Philox counters at a time. A row starts with a new counter,
// so any range of rows can be computed alone: counter = row * ceil(cols / 8) + column / 8. The
// 16-bit lane is column % 8.
#include "framework/ops/dropout/dropout_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

typedef uint32_t Words __attribute__((vector_size(kLanes * 4)));
typedef uint64_t WideWords __attribute__((vector_size(kLanes * 4)));

// Computes the high and low halves of a * m per lane, with one multiplication for the even lanes
// and one for the odd lanes.
[[gnu::always_inline]] static inline void multiply(Words a, uint32_t m, Words& high, Words& low) {
  const WideWords wide = reinterpret_cast<WideWords>(a);
  const WideWords factor = WideWords{} + m;
#if defined(__AVX512F__)  // maskz: the plain form warns in GCC 12's own header
  const WideWords even = (WideWords)_mm512_maskz_mul_epu32(0xff, (__m512i)wide, (__m512i)factor);
  const WideWords odd =
      (WideWords)_mm512_maskz_mul_epu32(0xff, (__m512i)(wide >> 32), (__m512i)factor);
#elif defined(__AVX2__)
  const WideWords even = (WideWords)_mm256_mul_epu32((__m256i)wide, (__m256i)factor);
  const WideWords odd = (WideWords)_mm256_mul_epu32((__m256i)(wide >> 32), (__m256i)factor);
#else
  const WideWords even = (wide & 0xffffffff) * factor;
  const WideWords odd = (wide >> 32) * factor;
#endif
  const WideWords lower = WideWords{} + 0xffffffff;
  high = (Words)((even >> 32) | (odd & ~lower));
  low = (Words)((even & lower) | (odd << 32));
}

// Returns {a0, b0, a1, b1, ...} from the lower half of both (half = 0) or the upper half (half =
// 1).
template <int half, class Vector, int... lane>
[[gnu::always_inline]] static inline Vector interleave(Vector a, Vector b, Lanes<lane...>) {
  constexpr int lanes = sizeof...(lane);
  return __builtin_shufflevector(a, b, (half * lanes / 2 + lane / 2 + lane % 2 * lanes)...);
}

// Writes the random numbers of kLanes counters from `counter` on: 8 * kLanes 16-bit numbers in the
// order of counters. The processor must be little-endian: the lower half of a word comes first.
[[gnu::always_inline]] static inline void draw(const DropoutArgs& a, uint64_t counter,
                                               uint16_t* decisions) {
  const Words number = (Words)lane_numbers(AllLanes());
  Words c0 = number + static_cast<uint32_t>(counter);
  const Words carried = (Words)(c0 < static_cast<uint32_t>(counter));  // -1 where the sum wrapped
  Words c1 = static_cast<uint32_t>(counter >> 32) - carried;
  Words c2 = Words{} + static_cast<uint32_t>(a.step);
  Words c3 = Words{} + static_cast<uint32_t>(a.step >> 32);
  uint32_t k0 = a.key[0], k1 = a.key[1];
  for (int round = 0; round < 10; ++round) {
    Words high0, low0, high1, low1;
    multiply(c0, 0xD2511F53, high0, low0);
    multiply(c2, 0xCD9E8D57, high1, low1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  // Transpose: lane n of (c0, c1, c2, c3) becomes four neighbours.
  using WideLanes = FirstLanes<kLanes / 2>;
  const auto a01 = (WideWords)interleave<0>(c0, c1, AllLanes());
  const auto b01 = (WideWords)interleave<1>(c0, c1, AllLanes());
  const auto a23 = (WideWords)interleave<0>(c2, c3, AllLanes());
  const auto b23 = (WideWords)interleave<1>(c2, c3, AllLanes());
  const WideWords rows[4] = {
      interleave<0>(a01, a23, WideLanes()), interleave<1>(a01, a23, WideLanes()),
      interleave<0>(b01, b23, WideLanes()), interleave<1>(b01, b23, WideLanes())};
  __builtin_memcpy(decisions, rows, sizeof rows);
}

// Returns 0 or a.scale for each lane of 16-bit decisions.
typedef uint16_t Decisions __attribute__((vector_size(kLanes * 2), aligned(2), may_alias));
[[gnu::always_inline]] static inline Vec factors(const DropoutArgs& a, const uint16_t* decisions) {
  const auto lanes = __builtin_convertvector(*reinterpret_cast<const Decisions*>(decisions), Mask);
  return lanes < static_cast<int32_t>(a.threshold) ? Vec{} : Vec{} + a.scale;
}

void dropout(const DropoutArgs& a, int64_t first_row, int64_t rows, Strided<const float> x,
             Strided<float> y, bool accumulate) {
  constexpr int64_t drawn = 8 * kLanes;
  const int64_t counters_per_row = (a.cols + 7) / 8;
  for (int64_t i = 0; i < rows; ++i) {
    const uint64_t row_counter = static_cast<uint64_t>((first_row + i) * counters_per_row);
    for (int64_t first = 0; first < a.cols; first += drawn) {
      uint16_t decisions[drawn];
      draw(a, row_counter + first / 8, decisions);
      const float* from = x.data + i * x.stride + first;
      float* to = y.data + i * y.stride + first;
      for_vectors(
          a.cols - first < drawn ? a.cols - first : drawn, [&](int64_t j, int lanes) __attribute__((
                                                               always_inline)) {
            Vec value = load(from + j, lanes) * factors(a, decisions + j);
            if (accumulate) value += load(to + j, lanes);
            store(to + j, value, lanes);
          });
    }
  }
}

}  // namespace

constinit const DropoutKernels LACONIC_THIS_ISA(dropout) = {
    .mask = dropout,
};

}  // namespace laconic::ops
