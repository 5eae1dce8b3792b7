// The untrained state of a network in a run: its entries in checkpoints, and what ranks agree on
// for an evaluation. A checkpoint has the state of each rank as it is, so a run that is resumed on
// as many ranks has the same bits, whenever checkpoints are written.
#pragma once

#include <span>

#include "comm/exchange/exchange.hpp"
#include "framework/device/state.hpp"
#include "framework/graph/graph.hpp"

namespace laconic {

// Allocates the state and writes the initial values, if there is no memory yet.
void allocate_state(const graph::Graph& network, device::Buffer<float>& state);

// Lists one entry per rule that the network has: "state/average", "state/rank0", "state/per_rank".
// is_agreed: the values are those that all ranks have agreed on.
// Lifetime: `network` and `state` must outlive the list.
void visit_network_state(StateList& list, const graph::Graph& network, device::Buffer<float>& state,
                         bool is_agreed);

// Makes `state` equal on all ranks, as the rules say. Collective.
void agree_on_state(comm::Exchange& exchange, const graph::Graph& network, std::span<float> state);

}  // namespace laconic
