// Appends the lanes of a vector that exceed a bound to a list, for three instruction sets.
// Magnitudes are compared as bits, so NaN exceeds infinity and all numbers. append() writes at most
// the `lanes` that were read, since the list may overlap the elements that are read next.
#pragma once

#include "framework/ops/select/select_kernels.hpp"
#include "framework/ops/simd/vector.hpp"

namespace laconic::ops {
namespace {

#if defined(__AVX512F__)

typedef __mmask16 Chosen;

[[gnu::always_inline]] static inline Chosen above_bound(Vec v, int32_t bound) {
  const __m512i magnitude = _mm512_and_si512((__m512i)v, _mm512_set1_epi32(0x7fffffff));
  return _mm512_cmpgt_epi32_mask(magnitude, _mm512_set1_epi32(bound));
}
[[gnu::always_inline]] static inline bool none(Chosen a, Chosen b, Chosen c, Chosen d) {
  return ((a | b) | (c | d)) == 0;
}
// Compresses in registers and stores the whole vector, since some processors run a compressing
// store as microcode.
[[gnu::always_inline]] static inline void append(PairBuffer& to, Mask index, Vec value,
                                                 Chosen chosen, int lanes) {
  store(reinterpret_cast<float*>(to.indices + to.count),
        (Vec)_mm512_maskz_compress_epi32(chosen, (__m512i)index), lanes);
  store(to.values + to.count, (Vec)_mm512_maskz_compress_ps(chosen, (__m512)value), lanes);
  to.count += __builtin_popcount(chosen);
}

#elif defined(__AVX2__)

typedef uint32_t Chosen;  // one bit per lane

[[gnu::always_inline]] static inline Chosen above_bound(Vec v, int32_t bound) {
  const __m256i magnitude = _mm256_and_si256((__m256i)v, _mm256_set1_epi32(0x7fffffff));
  const __m256i greater = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(bound));
  return static_cast<uint32_t>(_mm256_movemask_ps((__m256)greater));
}
[[gnu::always_inline]] static inline bool none(Chosen a, Chosen b, Chosen c, Chosen d) {
  return ((a | b) | (c | d)) == 0;
}

// Byte j of entry `chosen` is the number of its jth set bit.
struct Permutations {
  uint64_t of[256];
};
static constexpr Permutations make_permutations() {
  Permutations p{};
  for (int chosen = 0; chosen < 256; ++chosen) {
    int filled = 0;
    for (int lane = 0; lane < 8; ++lane)
      if (chosen >> lane & 1) p.of[chosen] |= static_cast<uint64_t>(lane) << (8 * filled++);
  }
  return p;
}
static constexpr Permutations kPermutations = make_permutations();

[[gnu::always_inline]] static inline void append(PairBuffer& to, Mask index, Vec value,
                                                 Chosen chosen, int lanes) {
  const __m256i order = _mm256_cvtepu8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&kPermutations.of[chosen])));
  store(reinterpret_cast<float*>(to.indices + to.count),
        (Vec)_mm256_permutevar8x32_epi32((__m256i)index, order), lanes);
  store(to.values + to.count, (Vec)_mm256_permutevar8x32_ps((__m256)value, order), lanes);
  to.count += __builtin_popcount(chosen);
}

#else

typedef Mask Chosen;

[[gnu::always_inline]] static inline Chosen above_bound(Vec v, int32_t bound) {
  return ((Mask)v & 0x7fffffff) > bound;
}
[[gnu::always_inline]] static inline bool none(Chosen a, Chosen b, Chosen c, Chosen d) {
  const Mask any = (a | b) | (c | d);
  typedef int64_t Halves __attribute__((vector_size(16)));
  return (((Halves)any)[0] | ((Halves)any)[1]) == 0;
}
[[gnu::always_inline]] static inline void append(PairBuffer& to, Mask index, Vec value,
                                                 Chosen chosen, int lanes) {
  for (int lane = 0; lane < lanes; ++lane) {
    to.indices[to.count] = index[lane];
    to.values[to.count] = value[lane];
    to.count -= chosen[lane];
  }
}

#endif

// Appends the pairs (index(i, lanes), value(i, lanes)) whose value exceeds the bound, four vectors
// at a time. Usually there are few such pairs, and one branch skips all four vectors.
template <class Index, class Value>
[[gnu::always_inline]] static inline int64_t append_chosen(Index index, Value value, int32_t bound,
                                                           int64_t first, int64_t last,
                                                           PairBuffer& buffer) {
  static_assert(4 * kLanes <= append_room);
  PairBuffer to = buffer;
  int64_t i = first;
  for (; i + 4 * kLanes <= last; i += 4 * kLanes) {
    Vec v[4];
    Chosen chosen[4];
    for (int part = 0; part < 4; ++part) {
      v[part] = value(i + part * kLanes, kLanes);
      chosen[part] = above_bound(v[part], bound);
    }
    if (none(chosen[0], chosen[1], chosen[2], chosen[3])) continue;
    if (to.capacity - to.count < append_room) break;
    Mask number[4];  // all are read before the first is written, since the memory may overlap
    for (int part = 0; part < 4; ++part) number[part] = index(i + part * kLanes, kLanes);
    for (int part = 0; part < 4; ++part) append(to, number[part], v[part], chosen[part], kLanes);
  }
  if (i + 4 * kLanes > last) {
    for (; i < last; i += kLanes) {
      if (to.capacity - to.count < append_room) break;
      const int lanes = last - i < kLanes ? static_cast<int>(last - i) : kLanes;
      const Vec v = value(i, lanes);
      append(to, index(i, lanes), v, above_bound(v, bound), lanes);
    }
    if (i > last) i = last;
  }
  buffer.count = to.count;
  return i;
}

}  // namespace
}  // namespace laconic::ops
