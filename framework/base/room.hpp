// Reserves capacity in large steps. So sizes that vary a little per step soon need no more
// allocations.
#pragma once

#include <cstddef>
#include <vector>

namespace laconic {

template <class T>
void make_room(std::vector<T>& memory, size_t elements) {
  if (memory.capacity() < elements) memory.reserve(2 * elements + 1024);
}

}  // namespace laconic
