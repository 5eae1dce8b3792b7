// Memory that is kept between uses grows in strides: sizes that vary a little from step to step
// soon stop allocating.
#pragma once

#include <vector>

namespace laconic {

template <class T>
void make_room(std::vector<T>& memory, size_t elements) {
  if (memory.capacity() < elements) memory.reserve(2 * elements + 1024);
}

}  // namespace laconic
