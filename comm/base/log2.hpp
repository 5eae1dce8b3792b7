#pragma once

#include <bit>

namespace laconic::comm {

// Returns log2(ranks), rounded up: the number of rounds in which a message can reach all ranks.
inline int log2_ceil(int ranks) {
  return std::bit_width(static_cast<unsigned>(ranks - 1));
}

}  // namespace laconic::comm
