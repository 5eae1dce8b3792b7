#include "framework/base/error.hpp"
#include "framework/base/room.hpp"
#include "framework/ops/codec/bytes.hpp"
#include "framework/ops/codec/codec.hpp"

namespace laconic::ops {

namespace {

int64_t bytes_each(ValueType type) {
  return type == ValueType::float32 ? 4 : 2;
}

}  // namespace

void encode_values(ValueType type, std::span<const float> values, std::vector<std::byte>& out) {
  const size_t before = out.size(), count = values.size();
  make_room(out, before + count * static_cast<size_t>(bytes_each(type)));
  out.resize(before + count * static_cast<size_t>(bytes_each(type)));
  if (count == 0) return;
  std::byte* const to = out.data() + before;
  if (type == ValueType::float32) {
    std::memcpy(to, values.data(), 4 * count);
    return;
  }
  uint32_t lost = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, values[i]);
    store_bytes(to + 2 * i, static_cast<uint16_t>(bits >> 16));
    lost |= bits;
  }
  LACONIC_CHECK((lost & 0xffff) == 0, "values that bfloat16 cannot hold");
}

int64_t decode_values(ValueType type, std::span<const std::byte> bytes, int64_t count,
                      float* values) {
  const int64_t each = bytes_each(type);
  if (count < 0 || count > static_cast<int64_t>(bytes.size()) / each)
    fail(ExitCode::communication, "code of values: {} bytes for {} values", bytes.size(), count);
  if (count == 0) return 0;
  if (type == ValueType::float32) {
    std::memcpy(values, bytes.data(), static_cast<size_t>(4 * count));
    return 4 * count;
  }
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t upper = load_bytes<uint16_t>(bytes.data() + 2 * i);
    values[i] = __builtin_bit_cast(float, upper << 16);
  }
  return 2 * count;
}

}  // namespace laconic::ops
