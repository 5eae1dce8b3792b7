#include "apps/laconic/sweep/draws.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "framework/base/random.hpp"

namespace laconic::sweep {
namespace {

// FNV-1a: a key's draws do not change when other keys come and go.
uint64_t hash(std::string_view text) {
  uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

}  // namespace

std::string Draw::value(int64_t seed, const std::string& path, int64_t row) const {
  const Random random(static_cast<uint64_t>(seed), Stream::data, hash(path));
  const auto index = static_cast<uint64_t>(row);
  switch (kind) {
    case Kind::uniform:
      return fmt::format("{:.4g}", low + (high - low) * random.uniform(index));
    case Kind::log_uniform:
      return fmt::format("{:.4g}", low * std::pow(high / low, random.uniform(index)));
    case Kind::integer:
      return fmt::format("{}", lowest + static_cast<int64_t>(random.below(
                                            index, static_cast<uint64_t>(highest) -
                                                       static_cast<uint64_t>(lowest) + 1)));
    case Kind::choice:
      return choices[random.below(index, choices.size())];
  }
  return "";
}

}  // namespace laconic::sweep
