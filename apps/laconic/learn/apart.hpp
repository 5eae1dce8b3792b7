// The state of ranks that train apart for a while, in checkpoints.
#pragma once

#include "framework/device/state.hpp"

namespace laconic {

// Returns the entries as those of ranks that train apart, where `list` has them as replicated. With
// another number of ranks all go on from the mean of real numbers, so the work of every rank
// counts, and from the counts of rank 0.
StateList apart(const StateList& list);

}  // namespace laconic
