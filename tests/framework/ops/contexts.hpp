// Where a kernel can run here: every instruction set of this machine, on one thread and on two.
#pragma once

#include <vector>

#include "framework/base/context.hpp"

namespace laconic::ops::test {

inline std::vector<Context> contexts() {
  std::vector<Context> all;
  for (int level = 0; level <= static_cast<int>(detect_isa()); ++level)
    for (const int threads : {1, 2})
      all.push_back({.threads = threads, .isa = static_cast<Isa>(level)});
  return all;
}

}  // namespace laconic::ops::test
