#include "framework/ops/codec/codec_ref.hpp"

#include "framework/base/error.hpp"
#include "framework/ops/codec/rice.hpp"

namespace laconic::ops {

namespace {

// Writes bits from the least significant bit of each byte on; every field starts at a byte.
struct BitWriter {
  std::vector<std::byte>& out;
  int filled = 8;

  void bit(bool value) {
    if (filled == 8) {
      out.push_back(std::byte{0});
      filled = 0;
    }
    out.back() |= std::byte{value} << filled++;
  }
  void bits(uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bit((value >> i & 1) != 0);
  }
  void align() { filled = 8; }
};

struct BitReader {
  std::span<const std::byte> bytes;
  int64_t at = 0;

  bool bit() {
    if (at / 8 >= static_cast<int64_t>(bytes.size()))
      fail(ExitCode::communication, "index code ends too early");
    const bool value = std::to_integer<int>(bytes[at / 8] >> (at % 8) & std::byte{1}) != 0;
    ++at;
    return value;
  }
  uint64_t bits(int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; ++i) value |= uint64_t{bit()} << i;
    return value;
  }
  void align() {
    while (at % 8 != 0)
      if (bit()) fail(ExitCode::communication, "index code: padding is not zero");
  }
};

}  // namespace

void encode_indices_ref(IndexCodec codec, std::span<const int32_t> indices, int64_t base,
                        int64_t range, std::vector<std::byte>& out) {
  std::vector<uint64_t> gaps;
  int64_t next = base;
  for (const int32_t index : indices) {
    gaps.push_back(static_cast<uint64_t>(index - next));
    next = int64_t{index} + 1;
  }
  if (indices.empty()) return;
  BitWriter writer{out};
  if (codec == IndexCodec::plain) {
    for (const int32_t index : indices) writer.bits(static_cast<uint64_t>(index - base), 32);
  } else if (codec == IndexCodec::delta16) {
    for (const uint64_t gap : gaps) {
      writer.bits(gap < 0xffff ? gap : 0xffff, 16);
      if (gap >= 0xffff) writer.bits(gap, 32);
    }
  } else {
    const int k = rice_parameter(range, static_cast<int64_t>(indices.size()));
    for (const uint64_t gap : gaps) writer.bits(gap, k);
    writer.align();
    for (const uint64_t gap : gaps) {
      for (uint64_t i = 0; i < gap >> k; ++i) writer.bit(false);
      writer.bit(true);
    }
  }
}

int64_t decode_indices_ref(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                           int64_t base, int64_t range, int32_t* indices) {
  if (count == 0) return 0;
  if (count < 0 || count > range) fail(ExitCode::communication, "index code: impossible count");
  BitReader reader{bytes};
  const int k = codec == IndexCodec::rice ? rice_parameter(range, count) : 0;
  std::vector<uint64_t> remainders;
  if (codec == IndexCodec::rice) {
    for (int64_t i = 0; i < count; ++i) remainders.push_back(reader.bits(k));
    reader.align();
  }
  uint64_t next = 0;  // relative to base
  for (int64_t i = 0; i < count; ++i) {
    uint64_t index;
    if (codec == IndexCodec::plain) {
      index = reader.bits(32);
      if (index < next) fail(ExitCode::communication, "index code: not ascending");
    } else if (codec == IndexCodec::delta16) {
      uint64_t gap = reader.bits(16);
      if (gap == 0xffff) {
        gap = reader.bits(32);
        if (gap < 0xffff) fail(ExitCode::communication, "index code: needless escape");
      }
      index = next + gap;
    } else {
      uint64_t quotient = 0;
      while (!reader.bit()) ++quotient;
      index = next + (quotient << k) + remainders[i];
    }
    if (index >= static_cast<uint64_t>(range))
      fail(ExitCode::communication, "index code: outside the range");
    indices[i] = static_cast<int32_t>(base + static_cast<int64_t>(index));
    next = index + 1;
  }
  reader.align();
  return reader.at / 8;
}

void encode_values_ref(ValueType type, std::span<const float> values, std::vector<std::byte>& out) {
  BitWriter writer{out};
  for (const float value : values) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, value);
    if (type == ValueType::float32) writer.bits(bits, 32);
    if (type == ValueType::bfloat16) writer.bits(bits >> 16, 16);
  }
}

int64_t decode_values_ref(ValueType type, std::span<const std::byte> bytes, int64_t count,
                          float* values) {
  BitReader reader{bytes};
  for (int64_t i = 0; i < count; ++i) {
    const auto bits =
        static_cast<uint32_t>(type == ValueType::float32 ? reader.bits(32) : reader.bits(16) << 16);
    values[i] = __builtin_bit_cast(float, bits);
  }
  return reader.at / 8;
}

}  // namespace laconic::ops
