#include "framework/ops/codec/rice.hpp"

#include "framework/base/error.hpp"
#include "framework/base/room.hpp"
#include "framework/ops/codec/bytes.hpp"

namespace laconic::ops {

namespace {

int64_t bytes_of(int64_t bits) {
  return (bits + 7) / 8;
}

[[noreturn]] void refuse_rice(const char* why) {
  fail(ExitCode::communication, "Rice code of indices: {}", why);
}

}  // namespace

void encode_rice(std::span<const int32_t> indices, int64_t base, int64_t range,
                 std::vector<std::byte>& out) {
  const auto count = static_cast<int64_t>(indices.size());
  const int r = rice_parameter(range, count);
  const uint64_t mask = (uint64_t{1} << r) - 1;
  const auto before = static_cast<int64_t>(out.size());
  // The largest size of both parts, and room for a whole word at the end.
  const auto most = static_cast<size_t>(before + bytes_of(count * r) +
                                        bytes_of(count + ((range - count) >> r)) + 8);
  make_room(out, most);
  out.resize(most);
  std::byte* low = out.data() + before;
  std::byte* high = low + bytes_of(count * r);

  uint64_t low_word = 0, high_word = 0;
  int low_bits = 0;       // in low_word, less than 32
  uint64_t high_bit = 0;  // position of the next gap in high_word
  int64_t next = base;
  for (const int32_t index : indices) {
    LACONIC_CHECK(index >= next);
    const auto gap = static_cast<uint64_t>(index - next);
    next = int64_t{index} + 1;
    low_word |= (gap & mask) << low_bits;
    low_bits += r;
    if (low_bits >= 32) {
      store_bytes(low, static_cast<uint32_t>(low_word));
      low += 4;
      low_word >>= 32;
      low_bits -= 32;
    }
    high_bit += gap >> r;
    while (high_bit >= 64) {
      store_bytes(high, high_word);
      high += 8;
      high_word = 0;
      high_bit -= 64;
    }
    high_word |= uint64_t{1} << high_bit;
    ++high_bit;
  }
  for (; low_bits > 0; low_bits -= 8, low_word >>= 8) *low++ = static_cast<std::byte>(low_word);
  store_bytes(high, high_word);
  high += bytes_of(static_cast<int64_t>(high_bit));
  out.resize(static_cast<size_t>(high - out.data()));
}

int64_t decode_rice(std::span<const std::byte> bytes, int64_t count, int64_t base, int64_t range,
                    int32_t* indices) {
  const int r = rice_parameter(range, count);
  const uint64_t mask = (uint64_t{1} << r) - 1;
  const auto size = static_cast<int64_t>(bytes.size());
  const int64_t low_size = bytes_of(count * r);
  if (low_size + bytes_of(count) > size) refuse_rice("ends too early");

  // If the ith one is bit p of the upper part, the sum of the gaps so far is 2^r (p - i) plus the
  // sum of their low bits.
  int64_t i = 0, last_bit = 0;
  uint64_t low_bit = 0, low_sum = 0, gaps = 0;
  const auto decode_word = [&](int64_t first_bit, uint64_t word, auto load_low) {
    const int64_t end = std::min(count, i + std::popcount(word));
    for (; i < end; ++i, word &= word - 1, low_bit += r) {
      last_bit = first_bit + std::countr_zero(word);
      low_sum += load_low(static_cast<int64_t>(low_bit >> 3)) >> (low_bit & 7) & mask;
      gaps = (static_cast<uint64_t>(last_bit - i) << r) + low_sum;
      indices[i] = static_cast<int32_t>(static_cast<uint64_t>(base + i) + gaps);
    }
  };
  for (int64_t at = low_size; i < count; at += 8) {
    const int64_t first_bit = 8 * (at - low_size);
    if (at >= size) refuse_rice("ends too early");
    if (first_bit - i > range) refuse_rice("outside the range");  // long before anything overflows
    const uint64_t word = load_at_most(bytes.data() + at, size - at);
    // Low bits are loaded as 8 bytes, except where the message ends within these.
    if ((i + 64) * r / 8 + 8 <= size)
      decode_word(first_bit, word,
                  [&](int64_t byte) { return load_bytes<uint64_t>(bytes.data() + byte); });
    else
      decode_word(first_bit, word,
                  [&](int64_t byte) { return load_at_most(bytes.data() + byte, size - byte); });
  }
  if (static_cast<uint64_t>(count - 1) + gaps >= static_cast<uint64_t>(range))
    refuse_rice("outside the range");
  const auto padded = [&](int64_t byte, int64_t bits) {  // zeros above the last bits of a part
    return bits % 8 == 0 || std::to_integer<int>(bytes[byte]) >> (bits % 8) == 0;
  };
  const int64_t end = low_size + last_bit / 8 + 1;
  if (!padded(low_size - 1, count * r) || !padded(end - 1, last_bit + 1))
    refuse_rice("padding is not zero");
  return end;
}

}  // namespace laconic::ops
