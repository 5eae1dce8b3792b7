// Pairs as bytes: ascending indices relative to a base, and values. Little endian, nothing aligned.
// Decoding trusts nothing but its own arguments: bytes that no encoder could have written are
// refused, and never read past their end.
//
//   plain    count x 32 bits: index - base
//   delta16  16 bits for every gap: index minus the one before, minus 1 (the first: index - base).
//            A gap of 65535 or more is 65535, then the gap in 32 bits.
//   rice     Golomb-Rice with r = rice_parameter(range, count) low bits: these of all gaps, r bits
//            each from the least significant bit of a byte on, zeros up to a byte; then for every
//            gap (gap >> r) zeros and a one, zeros up to a byte. Apart, so that neither waits for
//            the other when decoded.
//   float32  4 bytes        bfloat16  the upper 2 of them
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace laconic::ops {

enum class IndexCodec { plain, delta16, rice };
enum class ValueType { float32, bfloat16 };

// Round to nearest, ties to even. Finite numbers only; a number that would round to infinity
// becomes the largest finite one.
inline float to_bfloat16(float x) {
  uint32_t bits = __builtin_bit_cast(uint32_t, x);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  if ((bits & 0x7fffffffu) == 0x7f800000u) bits -= 0x10000u;
  return __builtin_bit_cast(float, bits);
}

// Appends the code of `indices`, which are ascending, in [base, base + range), a range of int32.
// Allocates only where `out` must grow.
void encode_indices(IndexCodec codec, std::span<const int32_t> indices, int64_t base, int64_t range,
                    std::vector<std::byte>& out);
// Reads `count` indices from the front of `bytes` into `indices`, and says how many bytes they
// took. Error(communication) where the bytes are no code of so many ascending indices in the range;
// `indices` then hold anything.
int64_t decode_indices(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                       int64_t base, int64_t range, int32_t* indices);

// Values that bfloat16 can hold exactly when type says so; 4 or 2 bytes each.
void encode_values(ValueType type, std::span<const float> values, std::vector<std::byte>& out);
int64_t decode_values(ValueType type, std::span<const std::byte> bytes, int64_t count,
                      float* values);

}  // namespace laconic::ops
