#include "comm/sparse/pair_message.hpp"

#include <algorithm>
#include <cstring>

#include "framework/base/error.hpp"
#include "framework/base/room.hpp"

namespace laconic::comm {

PairView within(PairView pairs, const Window& window) {
  const auto at = [&](int64_t index) {
    return std::lower_bound(pairs.indices.begin(), pairs.indices.end(), index) -
           pairs.indices.begin();
  };
  return pairs.part(at(window.first), at(window.end()));
}

void write_pairs(const PairFormat& format, PairView pairs, Bytes& out) {
  const auto append = [&](auto number) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&number);
    out.insert(out.end(), bytes, bytes + sizeof number);
  };
  make_room(out, out.size() + 12 + 8 * pairs.size());
  append(static_cast<uint32_t>(pairs.size()));
  if (pairs.size() == 0) return;
  const int32_t first = pairs.indices.front();
  const int32_t last = pairs.indices.back();
  append(first);
  append(last);
  ops::encode_indices(format.codec, pairs.indices, first, int64_t{last} - first + 1, out);
  ops::encode_values(format.type, pairs.values, out);
}

int64_t read_pairs(const PairFormat& format, std::span<const std::byte> bytes, const Window& window,
                   ops::SparseVector& out) {
  int64_t taken = 0;
  const auto take = [&](auto& number) {
    if (std::ssize(bytes) - taken < static_cast<int64_t>(sizeof number))
      fail(ExitCode::communication, "a block of pairs ends in its head, after {} bytes",
           bytes.size());
    std::memcpy(&number, bytes.data() + taken, sizeof number);
    taken += sizeof number;
  };
  uint32_t count = 0;
  take(count);
  if (count == 0) return taken;
  int32_t first = 0;
  int32_t last = 0;
  take(first);
  take(last);
  const int64_t range = int64_t{last} - first + 1;
  if (first < window.first || last >= window.end() || range < count)
    fail(ExitCode::communication, "a block announces {} pairs from {} to {} in [{}, {})", count,
         first, last, window.first, window.end());
  const int64_t before = out.size();
  make_room(out.indices, before + count);
  make_room(out.values, before + count);
  out.indices.resize(before + count);
  out.values.resize(before + count);
  taken += ops::decode_indices(format.codec, bytes.subspan(taken), count, first, range,
                               out.indices.data() + before);
  taken += ops::decode_values(format.type, bytes.subspan(taken), count, out.values.data() + before);
  return taken;
}

}  // namespace laconic::comm
