// The codecs plain and delta16, and the dispatch to rice.
#include "framework/base/error.hpp"
#include "framework/base/room.hpp"
#include "framework/ops/codec/bytes.hpp"
#include "framework/ops/codec/codec.hpp"
#include "framework/ops/codec/rice.hpp"

namespace laconic::ops {

namespace {

constexpr uint32_t escape = 0xffff;

[[noreturn]] void refuse(const char* why) {
  fail(ExitCode::communication, "code of indices: {}", why);
}

void encode_plain(std::span<const int32_t> indices, int64_t base, std::vector<std::byte>& out) {
  const size_t before = out.size();
  make_room(out, before + 4 * indices.size());
  out.resize(before + 4 * indices.size());
  std::byte* to = out.data() + before;
  for (const int32_t index : indices) {
    store_bytes(to, static_cast<uint32_t>(index - base));
    to += 4;
  }
}

int64_t decode_plain(std::span<const std::byte> bytes, int64_t count, int64_t base, int64_t range,
                     int32_t* indices) {
  if (count > static_cast<int64_t>(bytes.size()) / 4) refuse("ends too early");
  bool ascending = true;
  int64_t last = -1;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = load_bytes<uint32_t>(bytes.data() + 4 * i);
    ascending &= index > last;
    last = index;
    indices[i] = static_cast<int32_t>(base + index);
  }
  if (!ascending) refuse("not ascending");
  if (last >= range) refuse("outside the range");
  return 4 * count;
}

void encode_delta16(std::span<const int32_t> indices, int64_t base, std::vector<std::byte>& out) {
  const size_t before = out.size();
  // An escape needs 4 more bytes; the range limits the number of escapes.
  const int64_t length = indices.empty() ? 0 : indices.back() - base + 1;
  make_room(out, before + 2 * indices.size() + 4 * static_cast<size_t>(length / escape));
  out.resize(before + 2 * indices.size() + 4 * static_cast<size_t>(length / escape));
  std::byte* to = out.data() + before;
  int64_t next = base;
  for (const int32_t index : indices) {
    LACONIC_CHECK(index >= next);
    const auto gap = static_cast<uint32_t>(index - next);
    next = int64_t{index} + 1;
    store_bytes(to, static_cast<uint16_t>(gap < escape ? gap : escape));
    to += 2;
    if (gap >= escape) [[unlikely]] {
      store_bytes(to, gap);
      to += 4;
    }
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

int64_t decode_delta16(std::span<const std::byte> bytes, int64_t count, int64_t base, int64_t range,
                       int32_t* indices) {
  if (count > static_cast<int64_t>(bytes.size()) / 2) refuse("ends too early");
  const std::byte* from = bytes.data();
  const std::byte* const end = from + bytes.size();
  int64_t next = 0;  // relative to the base; cannot overflow, since gaps have 32 bits
  for (int64_t i = 0; i < count; ++i) {
    if (end - from < 2) refuse("ends too early");
    int64_t gap = load_bytes<uint16_t>(from);
    from += 2;
    if (gap == escape) [[unlikely]] {
      if (end - from < 4) refuse("ends too early");
      gap = load_bytes<uint32_t>(from);
      from += 4;
      if (gap < escape) refuse("escape without need");
    }
    next += gap;
    indices[i] = static_cast<int32_t>(base + next);
    ++next;
  }
  if (next > range) refuse("outside the range");
  return from - bytes.data();
}

void check(int64_t base, int64_t range) {
  LACONIC_CHECK(base >= 0 && range >= 0 && base + range <= int64_t{INT32_MAX} + 1);
}

}  // namespace

void encode_indices(IndexCodec codec, std::span<const int32_t> indices, int64_t base, int64_t range,
                    std::vector<std::byte>& out) {
  check(base, range);
  if (indices.empty()) return;
  LACONIC_CHECK(indices.front() >= base && indices.back() < base + range);
  switch (codec) {
    case IndexCodec::plain:
      return encode_plain(indices, base, out);
    case IndexCodec::delta16:
      return encode_delta16(indices, base, out);
    case IndexCodec::rice:
      return encode_rice(indices, base, range, out);
  }
}

int64_t decode_indices(IndexCodec codec, std::span<const std::byte> bytes, int64_t count,
                       int64_t base, int64_t range, int32_t* indices) {
  check(base, range);
  if (count < 0 || count > range) refuse("more indices than the range has");
  if (count == 0) return 0;
  switch (codec) {
    case IndexCodec::plain:
      return decode_plain(bytes, count, base, range, indices);
    case IndexCodec::delta16:
      return decode_delta16(bytes, count, base, range, indices);
    case IndexCodec::rice:
      return decode_rice(bytes, count, base, range, indices);
  }
  fail(ExitCode::internal, "no such code of indices");
}

}  // namespace laconic::ops
