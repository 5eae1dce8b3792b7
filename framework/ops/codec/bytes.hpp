// Reads and writes numbers in unaligned memory.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace laconic::ops {

static_assert(std::endian::native == std::endian::little, "codes are little endian");

template <class T>
T load_bytes(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store_bytes(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Returns the first `size` >= 0 bytes (at most 8) as a number, with zeros in the higher bytes.
inline uint64_t load_at_most(const std::byte* from, int64_t size) {
  if (size >= 8) return load_bytes<uint64_t>(from);
  uint64_t value = 0;
  std::memcpy(&value, from, static_cast<size_t>(size));
  return value;
}

}  // namespace laconic::ops
