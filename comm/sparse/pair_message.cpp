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

namespace {

template <class T>
void append(T number, Bytes& out) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&number);
  out.insert(out.end(), bytes, bytes + sizeof number);
}

template <class T>
T number_at(std::span<const std::byte> bytes, int64_t position) {
  T number;
  if (std::ssize(bytes) - position < static_cast<int64_t>(sizeof number))
    fail(ExitCode::communication, "a block of pairs ends in its head, after {} bytes",
         bytes.size());
  std::memcpy(&number, bytes.data() + position, sizeof number);
  return number;
}

}  // namespace

void write_pairs(const PairFormat& format, PairView pairs, const Window& window, Bytes& out) {
  make_room(out, out.size() + 4 + 8 * pairs.size());
  append(static_cast<uint32_t>(pairs.size()), out);
  ops::encode_indices(format.codec, pairs.indices, window.first, window.length, out);
  ops::encode_values(format.type, pairs.values, out);
}

int64_t read_pairs(const PairFormat& format, std::span<const std::byte> bytes, const Window& window,
                   ops::SparseVector& out) {
  const auto count = number_at<uint32_t>(bytes, 0);
  if (count > window.length)
    fail(ExitCode::communication, "a block announces {} pairs in a window of {}", count,
         window.length);
  const int64_t before = out.size();
  make_room(out.indices, before + count);
  make_room(out.values, before + count);
  out.indices.resize(before + count);
  out.values.resize(before + count);
  int64_t taken = sizeof count;
  taken += ops::decode_indices(format.codec, bytes.subspan(taken), count, window.first,
                               window.length, out.indices.data() + before);
  taken += ops::decode_values(format.type, bytes.subspan(taken), count, out.values.data() + before);
  return taken;
}

void write_spanning_pairs(const PairFormat& format, PairView pairs, Bytes& out) {
  const int32_t first = pairs.size() == 0 ? 0 : pairs.indices.front();
  const int32_t last = pairs.size() == 0 ? -1 : pairs.indices.back();
  append(first, out);
  append(last, out);
  write_pairs(format, pairs, {first, int64_t{last} - first + 1}, out);
}

int64_t read_spanning_pairs(const PairFormat& format, std::span<const std::byte> bytes,
                            const Window& space, ops::SparseVector& out) {
  const auto first = number_at<int32_t>(bytes, 0);
  const auto last = number_at<int32_t>(bytes, sizeof first);
  const Window window{first, int64_t{last} - first + 1};
  if (window.length != 0 &&
      (first < space.first || window.end() > space.end() || window.length < 0))
    fail(ExitCode::communication, "a block spans [{}, {}] in [{}, {})", first, last, space.first,
         space.end());
  constexpr int64_t head = 2 * sizeof first;
  return head + read_pairs(format, bytes.subspan(head), window, out);
}

}  // namespace laconic::comm
