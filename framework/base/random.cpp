#include "framework/base/random.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace laconic {

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += 0x9E3779B9;
    k[1] += 0xBB67AE85;
  }
  return c;
}

namespace {
uint64_t mix(uint64_t x) {  // splitmix64 finaliser: spreads (seed, stream, substream) over the key
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}
}  // namespace

Random::Random(uint64_t seed, Stream stream, uint64_t step, uint32_t substream) : step_(step) {
  const uint64_t key = mix(mix(seed) ^ (uint64_t{static_cast<uint32_t>(stream)} << 32 | substream));
  key_ = {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)};
}

std::array<uint32_t, 4> Random::bits(uint64_t index) const {
  return philox4x32({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                     static_cast<uint32_t>(step_), static_cast<uint32_t>(step_ >> 32)},
                    key_);
}

uint64_t Random::word(uint64_t index) const {
  const auto b = bits(index);
  return uint64_t{b[1]} << 32 | b[0];
}

double Random::uniform(uint64_t index) const {
  return static_cast<double>(word(index) >> 11) * 0x1.0p-53;
}

double Random::normal(uint64_t index) const {
  const auto b = bits(index);
  const double u = (static_cast<double>(uint64_t{b[1]} << 21 | b[0] >> 11) + 0.5) * 0x1.0p-53;
  const double v = static_cast<double>(uint64_t{b[3]} << 21 | b[2] >> 11) * 0x1.0p-53;
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

uint64_t Random::below(uint64_t index, uint64_t bound) const {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(word(index)) * bound >> 64);
}

void Random::shuffle(std::span<int32_t> values) const {
  for (uint64_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i, i)]);
}

}  // namespace laconic
