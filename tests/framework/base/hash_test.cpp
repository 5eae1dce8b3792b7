// Hashes of large arrays: any change shows.
#include "framework/base/hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace laconic::test {
namespace {

uint64_t of(const std::vector<uint8_t>& bytes) {
  return hash_array(std::as_bytes(std::span(bytes)));
}

TEST(HashOfAnArray, ChangesWithEveryBitAndWithTheLength) {
  for (const size_t length : {1, 7, 8, 63, 64, 65, 200}) {
    std::vector<uint8_t> bytes(length);
    for (size_t i = 0; i < length; ++i) bytes[i] = static_cast<uint8_t>(i * 7);
    std::set<uint64_t> seen = {of(bytes)};
    for (size_t bit = 0; bit < 8 * length; ++bit) {
      bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      EXPECT_TRUE(seen.insert(of(bytes)).second) << length << " bytes, bit " << bit;
      bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
    bytes.push_back(0);
    EXPECT_TRUE(seen.insert(of(bytes)).second) << length;
  }
}

TEST(HashOfAnArray, ChangesWithTheOrder) {
  std::vector<uint8_t> bytes(512);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i / 8 + i);
  const uint64_t before = of(bytes);
  for (size_t word = 0; word + 16 <= bytes.size(); word += 8) {
    std::swap_ranges(&bytes[word], &bytes[word] + 8, &bytes[word + 8]);
    EXPECT_NE(of(bytes), before) << word;
    std::swap_ranges(&bytes[word], &bytes[word] + 8, &bytes[word + 8]);
  }
}

}  // namespace
}  // namespace laconic::test
