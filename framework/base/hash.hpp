// Hashes that depend on the bytes alone. They do not protect against forgery.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace laconic {

// Mixes all bits (Vigna's splitmix64), so that remainders are uniformly distributed.
inline uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
  return h ^ (h >> 31);
}

// Hashes a short text (FNV-1a with a final mix). It is for splits of rows, which must not change
// when other rows are added or removed.
inline uint64_t hash(std::string_view bytes) {
  uint64_t h = 0xcbf29ce484222325;
  for (const unsigned char c : bytes) h = (h ^ c) * 0x100000001b3;
  return mix(h);
}

// Hashes a large array at the speed of memory, so that two arrays can be compared. Each step is a
// bijection of its lane. So a change within one word of 8 bytes always changes the hash.
inline uint64_t hash_array(std::span<const std::byte> bytes, uint64_t seed = 0) {
  constexpr size_t lanes = 8, word = sizeof(uint64_t);
  uint64_t lane[lanes];
  for (size_t i = 0; i < lanes; ++i) lane[i] = seed + 0x9E3779B97F4A7C15 * (i + 1);
  size_t at = 0;
  for (; at + lanes * word <= bytes.size(); at += lanes * word)
    for (size_t i = 0; i < lanes; ++i) {
      uint64_t x;
      std::memcpy(&x, &bytes[at + i * word], word);
      lane[i] = (lane[i] ^ x) * 0x9E3779B97F4A7C15;
      lane[i] ^= lane[i] >> 32;
    }
  uint64_t h = bytes.size();
  for (; at < bytes.size(); at += word) {
    uint64_t x = 0;
    std::memcpy(&x, &bytes[at], std::min(word, bytes.size() - at));
    h = mix(h ^ x);
  }
  for (const uint64_t each : lane) h = mix(h ^ each);
  return h;
}

}  // namespace laconic
