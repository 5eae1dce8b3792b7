#include "tests/fuzz/mutation.hpp"

#include <algorithm>
#include <limits>

namespace laconic::fuzz {
namespace {

size_t place(const std::string& bytes, Draw& draw) {
  const size_t at = draw.below(bytes.size());
  if (draw.coin()) return at;
  const size_t informative = bytes.find_first_not_of('\0', at);
  return informative == std::string::npos ? at : informative;
}

struct Block {
  size_t at, length;
};

Block block(const std::string& bytes, Draw& draw) {
  const size_t at = place(bytes, draw);
  const size_t most = std::min<size_t>(bytes.size() - at, draw.coin() ? 16 : 512);
  return {at, 1 + draw.below(most)};
}

void change_number(std::string& bytes, Draw& draw) {
  const size_t at = place(bytes, draw);
  const size_t width = std::min<size_t>(size_t{1} << draw.below(4), bytes.size() - at);
  const bool little = draw.coin();
  const auto byte = [&](size_t i) -> char& { return bytes[at + (little ? i : width - 1 - i)]; };
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i)
    value |= uint64_t{static_cast<unsigned char>(byte(i))} << (8 * i);
  value = draw.coin() ? static_cast<uint64_t>(boundary(draw)) : value + draw.below(33) - 16;
  for (size_t i = 0; i < width; ++i) byte(i) = static_cast<char>(value >> (8 * i));
}

void edit_bytes(std::string& bytes, const std::string& other, Draw& draw) {
  if (bytes.empty()) {
    bytes = other;
    return;
  }
  switch (draw.below(12)) {
    case 0:
    case 1: {
      char& byte = bytes[place(bytes, draw)];
      byte = static_cast<char>(byte ^ (1 << draw.below(8)));
      return;
    }
    case 2:
      bytes[place(bytes, draw)] = static_cast<char>(draw.below(256));
      return;
    case 3:
    case 4:
    case 5:
      return change_number(bytes, draw);
    case 6:
      return bytes.resize(draw.below(bytes.size()));
    case 7: {
      const char fill = static_cast<char>(draw.below(256));
      bytes.append(1 + draw.below(64), draw.coin() ? '\0' : fill);
      return;
    }
    case 8: {
      const Block from = block(bytes, draw);
      const std::string copy = bytes.substr(from.at, from.length);
      const size_t to = place(bytes, draw);
      if (draw.coin())
        bytes.insert(to, copy);
      else
        bytes.replace(to, std::min(copy.size(), bytes.size() - to), copy);
      return;
    }
    case 9: {
      const Block a = block(bytes, draw), b = block(bytes, draw);
      const size_t length = std::min(a.length, b.length);
      for (size_t i = 0; i < length; ++i) std::swap(bytes[a.at + i], bytes[b.at + i]);
      return;
    }
    case 10: {
      const Block gone = block(bytes, draw);
      bytes.erase(gone.at, gone.length);
      return;
    }
    default:
      bytes =
          bytes.substr(0, draw.below(bytes.size())) + other.substr(draw.below(other.size() + 1));
  }
}

}  // namespace

std::string mutate(std::string bytes, const std::string& other, Draw& draw) {
  for (uint64_t edits = 1 + draw.below(4); edits > 0; --edits) edit_bytes(bytes, other, draw);
  return bytes;
}

int64_t boundary(Draw& draw) {
  static const std::vector<int64_t> numbers = {0,
                                               1,
                                               2,
                                               -1,
                                               -2,
                                               127,
                                               128,
                                               255,
                                               256,
                                               32767,
                                               32768,
                                               65535,
                                               65536,
                                               0x7FFFFFFF,
                                               1 << 20,
                                               1 << 24,
                                               0x80000000L,
                                               0xFFFFFFFF,
                                               1LL << 32,
                                               1LL << 53,
                                               1LL << 61,
                                               -0x80000000L,
                                               std::numeric_limits<int64_t>::max(),
                                               std::numeric_limits<int64_t>::min(),
                                               std::numeric_limits<int64_t>::max() / 8};
  return draw.of(numbers);
}

}  // namespace laconic::fuzz
