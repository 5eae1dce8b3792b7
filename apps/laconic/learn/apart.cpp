#include "apps/laconic/learn/apart.hpp"

namespace laconic {

StateList apart(const StateList& list) {
  StateList own;
  for (StateEntry entry : list.entries()) {
    const bool is_real = entry.type == DataType::float32 || entry.type == DataType::float64;
    if (entry.placement == Placement::replicated)
      entry.placement = is_real ? Placement::rank_mean : Placement::rank0;
    own.add(std::move(entry));
  }
  return own;
}

}  // namespace laconic
