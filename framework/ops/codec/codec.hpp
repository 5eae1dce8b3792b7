// Codes pairs as bytes: ascending indices relative to a base, and values. Bytes are little-endian
// and not aligned. Decoding does not trust the bytes. It refuses bytes that no encoder could have
// written, and never reads beyond the end.
//
//   gap      index minus the previous index, minus 1; the first gap is index - base
//   plain    count x 32 bits: index - base
//   delta16  16 bits per gap; a gap of 65535 or more is 65535, then the gap in 32 bits
//   rice     Golomb-Rice with r = rice_parameter(range, count) low bits, in two parts that can be
//            decoded at the same time:
//            1. the low bits of all gaps, r bits each from the least significant bit of a byte on,
//               then padding with zeros to a whole byte
//            2. per gap (gap >> r) zeros and a one, then padding with zeros to a whole byte
//   float32  4 bytes
//   bfloat16 the upper 2 bytes of a float32
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace laconic::ops {

enum class IndexCodec { plain, delta16, rice };
enum class ValueType { float32, bfloat16 };

// Rounds a finite number to the nearest bfloat16, ties to even. A number that would become infinite
// becomes the largest finite one.
inline float to_bfloat16(float x) {
  uint32_t bits = __builtin_bit_cast(uint32_t, x);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  if ((bits & 0x7fffffffu) == 0x7f800000u) bits -= 0x10000u;
  return __builtin_bit_cast(float, bits);
}

// Appends the code of `indices`, which are ascending and in [base, base + range), a range of int32.
// Allocates only if `out` must grow.
void encode_indices(IndexCodec codec, std::span<const int32_t> indices, int64_t base, int64_t range,
                    std::vector<std::byte>& out);
// Reads `count` indices from the front of `bytes` into `indices`, and returns the number of bytes
// read. Error(communication) if the bytes are not a code of `count` ascending indices in the range.
// The content of `indices` is then undefined.
int64_t decode_indices(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                       int64_t base, int64_t range, int32_t* indices);

// Append or read values of 4 or 2 bytes. With type bfloat16, all values must be exact in bfloat16.
void encode_values(ValueType type, std::span<const float> values, std::vector<std::byte>& out);
int64_t decode_values(ValueType type, std::span<const std::byte> bytes, int64_t count,
                      float* values);

}  // namespace laconic::ops
