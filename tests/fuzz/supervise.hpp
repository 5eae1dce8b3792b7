// Tries inputs one after the other in a child process, so that one that crashes, hangs or leaks is
// known by its number and kept.
#pragma once

#include <functional>

#include "tests/fuzz/attempt.hpp"

namespace laconic::fuzz {

struct Finding {
  bool found = false;
  uint64_t number = 0;  // of the input; of a leak only that the last was this
  std::string what;
};

// From number `first` on, as long as more(inputs tried). `folder`: for the inputs being tried, and
// under it the one that was wrong. Standard output gets the tally at the end.
Finding supervise(const Target& target, uint64_t first,
                  const std::function<bool(uint64_t tried)>& more, const std::string& folder);

}  // namespace laconic::fuzz
