// Checks that replicated state is the same on all ranks. A run checks before the first unit and
// with every checkpoint. So ranks whose states differ end with an error instead of a wrong result.
#pragma once

#include "comm/exchange/exchange.hpp"
#include "framework/device/state.hpp"

namespace laconic {

// Compares every replicated entry. Collective; reads the state once, at the speed of memory.
// AgreedError(environment) if an entry differs. The message names the entry and the ranks.
void check_replicas(comm::Exchange& exchange, const StateList& state, int64_t step);

}  // namespace laconic
