// A hash of bytes for splits that must not move when other rows come and go.
#pragma once

#include <cstdint>
#include <string_view>

namespace laconic::data {

// FNV-1a with a final mix (Vigna's splitmix64), so that the remainder by any number is even.
inline uint64_t hash(std::string_view bytes) {
  uint64_t h = 0xcbf29ce484222325;
  for (const unsigned char c : bytes) h = (h ^ c) * 0x100000001b3;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
  return h ^ (h >> 31);
}

}  // namespace laconic::data
