// Formats ascending integers as Slurm does.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace laconic {

// Returns "0-3,8" for {0, 1, 2, 3, 8}.
template <class Integer>
std::string ranges_text(const std::vector<Integer>& ascending) {
  std::string text;
  for (size_t i = 0; i < ascending.size();) {
    size_t last = i;
    while (last + 1 < ascending.size() && ascending[last + 1] == ascending[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", ascending[i]);
    if (last > i) text += fmt::format("-{}", ascending[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace laconic
