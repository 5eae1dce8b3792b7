// SHA-256 with the SHA extensions of x86-64 (Intel SDM 5.24): one instruction does two rounds. It
// is compiled on every x86-64 machine and called only if has_sha_instructions().
#include "framework/base/error.hpp"
#include "framework/base/sha256_block.hpp"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

namespace laconic {

bool has_sha_instructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned sha_bit = 1u << 29;
  return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
         (b & sha_bit) != 0;
}

__attribute__((target("sha,sse4.1"))) void sha256_block_x86(std::array<uint32_t, 8>& state,
                                                            const uint8_t* bytes) {
  auto* const words = reinterpret_cast<__m128i*>(state.data());
  // The instructions need the state as (a b e f) and (c d g h), highest lane first.
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
  const __m128i abef_start = _mm_alignr_epi8(cdab, efgh, 8);
  const __m128i cdgh_start = _mm_blend_epi16(efgh, cdab, 0xF0);
  __m128i abef = abef_start, cdgh = cdgh_start;

  const __m128i swap_bytes = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
  __m128i w[4];  // the last 16 words of the message schedule, a ring
#pragma GCC unroll 16
  for (int group = 0; group < 16; ++group) {  // four rounds each
    __m128i& now = w[group % 4];
    if (group < 4) {
      const auto* source = reinterpret_cast<const __m128i*>(bytes) + group;
      now = _mm_shuffle_epi8(_mm_loadu_si128(source), swap_bytes);
    } else {
      const __m128i before = w[(group + 3) % 4];
      const __m128i seven_back = _mm_alignr_epi8(before, w[(group + 2) % 4], 4);
      const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(group + 1) % 4]), seven_back);
      now = _mm_sha256msg2_epu32(sum, before);
    }
    const auto* constants = reinterpret_cast<const __m128i*>(sha256_constants.data()) + group;
    const __m128i k = _mm_add_epi32(now, _mm_loadu_si128(constants));
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0E));
  }
  abef = _mm_add_epi32(abef, abef_start);
  cdgh = _mm_add_epi32(cdgh, cdgh_start);

  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace laconic

#else

namespace laconic {

bool has_sha_instructions() {
  return false;
}
void sha256_block_x86(std::array<uint32_t, 8>&, const uint8_t*) {
  LACONIC_CHECK(false, "not an x86-64");
}

}  // namespace laconic

#endif
