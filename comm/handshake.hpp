// Before the first sum the ranks make sure that they mean the same thing by it.
#pragma once

#include "comm/exchange.hpp"

namespace laconic::comm {

// Compares version, size of the world and the options that all ranks must share. Error(environment)
// on all ranks, naming the ranks that differ from rank 0 and both values. Collective.
void check_same_world(Communicator& communicator, const ExchangeOptions& options);

// Error(environment) on all ranks where their gradients have not the same number of elements.
// Collective.
void check_same_length(Exchange& exchange, int64_t elements);

// The link that rank 0's options or machine file describe; what is wrong with that file is an error
// on all ranks. Collective.
LinkOptions agree_on_link(Communicator& communicator, const ExchangeOptions& options);

}  // namespace laconic::comm
