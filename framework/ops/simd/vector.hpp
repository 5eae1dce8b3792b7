// A vector of floats with the largest width of the instruction set, by GCC's vector extensions (on
// x86 and Arm). Only *_simd.cpp files include this; everything here is local to the including file.
#pragma once

#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace laconic::ops {
namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

typedef float Vec __attribute__((vector_size(kLanes * 4)));
typedef int32_t Mask __attribute__((vector_size(kLanes * 4)));  // lanes of 0 or -1
typedef float UnalignedVec __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

[[gnu::always_inline]] static inline Vec load(const float* p) {
  return *reinterpret_cast<const UnalignedVec*>(p);
}
[[gnu::always_inline]] static inline void store(float* p, Vec v) {
  *reinterpret_cast<UnalignedVec*>(p) = v;
}
[[gnu::always_inline]] static inline Vec broadcast(float x) {
  return Vec{} + x;
}

// Read or write the first n lanes, 0 < n <= kLanes. Other lanes become zero, and their memory is
// not accessed. For n = kLanes this is a plain access.
#if defined(__AVX512F__)
[[gnu::always_inline]] static inline Vec load(const float* p, int n) {
  if (n == kLanes) return load(p);
  return (Vec)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
}
[[gnu::always_inline]] static inline void store(float* p, Vec v, int n) {
  if (n == kLanes) return store(p, v);
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), (__m512)v);
}
#elif defined(__AVX2__)
alignas(32) constexpr int32_t kFirstLanes[16] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                 0,  0,  0,  0,  0,  0,  0,  0};
[[gnu::always_inline]] static inline __m256i first_lanes(int n) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirstLanes + kLanes - n));
}
[[gnu::always_inline]] static inline Vec load(const float* p, int n) {
  if (n == kLanes) return load(p);
  return (Vec)_mm256_maskload_ps(p, first_lanes(n));
}
[[gnu::always_inline]] static inline void store(float* p, Vec v, int n) {
  if (n == kLanes) return store(p, v);
  _mm256_maskstore_ps(p, first_lanes(n), (__m256)v);
}
#else
[[gnu::always_inline]] static inline Vec load(const float* p, int n) {
  if (n == kLanes) return load(p);
  Vec v{};
  for (int i = 0; i < n; ++i) v[i] = p[i];
  return v;
}
[[gnu::always_inline]] static inline void store(float* p, Vec v, int n) {
  if (n == kLanes) return store(p, v);
  for (int i = 0; i < n; ++i) p[i] = v[i];
}
#endif

[[gnu::always_inline]] static inline Vec square_root(Vec v) {
#if defined(__AVX512F__)
  return (Vec)_mm512_maskz_sqrt_ps(0xffff, (__m512)v);  // the plain form causes a warning
#elif defined(__AVX2__)
  return (Vec)_mm256_sqrt_ps((__m256)v);
#else
  for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
#endif
}

// Lane numbers at compile time, for shuffles and constants that cost nothing at run time.
template <int... lane>
struct Lanes {};
template <int count>
using FirstLanes = Lanes<__integer_pack(count)...>;
using AllLanes = FirstLanes<kLanes>;

template <int... lane>
[[gnu::always_inline]] static inline Mask lane_numbers(Lanes<lane...>) {
  return Mask{lane...};
}

// Sets all but the first n lanes to zero.
[[gnu::always_inline]] static inline Vec keep(Vec v, int n) {
  return n == kLanes ? v : lane_numbers(AllLanes()) < n ? v : Vec{};
}

// Returns a vector whose lane n is lane n ^ distance of v.
template <int distance, int... lane>
[[gnu::always_inline]] static inline Vec exchange(Vec v, Lanes<lane...>) {
  return __builtin_shufflevector(v, v, (lane ^ distance)...);
}

// Returns the sum of the lanes, by halves.
[[gnu::always_inline]] static inline float lane_sum(Vec v) {
  if constexpr (kLanes > 8) v += exchange<8>(v, AllLanes());
  if constexpr (kLanes > 4) v += exchange<4>(v, AllLanes());
  v += exchange<2>(v, AllLanes());
  v += exchange<1>(v, AllLanes());
  return v[0];
}

// Calls body(column, lanes) for a row of `cols`: full vectors, then the rest.
template <class Body>
[[gnu::always_inline]] static inline void for_vectors(int64_t cols, Body body) {
  int64_t j = 0;
  for (; j + kLanes <= cols; j += kLanes) body(j, kLanes);
  if (j < cols) body(j, static_cast<int>(cols - j));
}

}  // namespace
}  // namespace laconic::ops
