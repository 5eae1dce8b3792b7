// Places pieces of memory with lifetimes, so that pieces that never live at the same time share
// bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "framework/graph/layout.hpp"

namespace laconic::graph {

struct Lifetime {
  static constexpr int64_t for_ever = std::numeric_limits<int64_t>::max();

  int64_t born = std::numeric_limits<int64_t>::max();
  int64_t dies = -1;  // inclusive
  int64_t bytes = 0;  // a multiple of 64
  Slot slot = {};     // place() sets the offset

  bool used() const { return bytes > 0 && dies >= 0; }
  void extend(int64_t tick) {
    born = std::min(born, tick);
    dies = std::max(dies, tick);
  }
};

// Places the lifetimes of one memory: largest first, each at the lowest offset that is free during
// its whole lifetime. Returns the size of the memory in bytes.
int64_t place(std::span<Lifetime> all, Slot::Where where);

}  // namespace laconic::graph
