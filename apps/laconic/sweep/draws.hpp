// Draws the values of a random key of a sweep.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace laconic::sweep {

struct Draw {
  enum class Kind { uniform, log_uniform, integer, choice };
  Kind kind = Kind::uniform;
  double low = 0, high = 0;          // uniform, log_uniform: [low, high)
  int64_t lowest = 0, highest = 0;   // integer: both included
  std::vector<std::string> choices;  // YAML texts

  // Returns the value of the key `path` in row `row` as YAML text. Real numbers have four digits.
  std::string value(int64_t seed, const std::string& path, int64_t row) const;
};

}  // namespace laconic::sweep
