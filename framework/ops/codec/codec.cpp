#include "framework/ops/codec/codec.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "framework/base/error.hpp"
#include "framework/ops/codec/codec_ref.hpp"

namespace laconic::ops {

float to_bfloat16(float x) {
  uint32_t bits = __builtin_bit_cast(uint32_t, x);
  bits += 0x7fff + (bits >> 16 & 1);
  bits &= 0xffff0000u;
  if ((bits & 0x7fffffff) >= 0x7f800000u) bits -= 0x10000u;
  return __builtin_bit_cast(float, bits);
}

void encode_indices(IndexCodec codec, std::span<const int32_t> indices, int64_t base, int64_t range,
                    std::vector<std::byte>& out) {
  encode_indices_ref(codec, indices, base, range, out);
}

int64_t decode_indices(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                       int64_t base, int64_t range, int32_t* indices) {
  return decode_indices_ref(codec, bytes, count, base, range, indices);
}

void encode_values(ValueType type, std::span<const float> values, std::vector<std::byte>& out) {
  for (const float value : values) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, value);
    for (int byte = type == ValueType::float32 ? 0 : 2; byte < 4; ++byte)
      out.push_back(static_cast<std::byte>(bits >> (8 * byte)));
  }
}

int64_t decode_values(ValueType type, std::span<const std::byte> bytes, int64_t count,
                      float* values) {
  const int64_t size = type == ValueType::float32 ? 4 : 2;
  if (count < 0 || count > static_cast<int64_t>(bytes.size()) / size)
    fail(ExitCode::communication, "{} bytes hold no {} values", bytes.size(), count);
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits = 0;
    std::memcpy(reinterpret_cast<char*>(&bits) + (4 - size), bytes.data() + i * size, size);
    values[i] = __builtin_bit_cast(float, bits);
  }
  return count * size;
}

}  // namespace laconic::ops
