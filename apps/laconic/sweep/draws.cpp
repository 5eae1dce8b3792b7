#include "apps/laconic/sweep/draws.hpp"

#include <fmt/format.h>

#include <cmath>

#include "framework/base/hash.hpp"
#include "framework/base/random.hpp"

namespace laconic::sweep {

std::string Draw::value(int64_t seed, const std::string& path, int64_t row) const {
  // The draws of a key do not change when other keys are added or removed.
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
