// Checks before the first sum that all ranks were started with the same version and options.
#pragma once

#include <string>

#include "comm/base/communicator.hpp"
#include "comm/exchange/options.hpp"

namespace laconic::comm {

// Returns the used keys of the group `comm` and their values, one line each: "comm.timeout=600".
// It writes to the structs that `fields` describes, so pass a description of copies.
std::string lines_of(config::Fields& fields);

// Returns where the texts of the ranks differ from rank 0's, line by line: "rank 0 has a, rank 2
// has b; ..."; empty where all are the same. Collective; all ranks get the same answer.
std::string differences(Communicator& communicator, const std::string& text);

// Throws Error(environment) with these differences if there are any.
void refuse(const std::string& differences);

// Compares version, size of the world and the options of the exchange. Collective.
// Error(environment) on all ranks names the ranks that differ from rank 0, and both values.
void check_same_world(Communicator& communicator, const ExchangeOptions& options);

// Returns the link that rank 0's options or machine file describe, with the values of
// options.slow_link if that is set. Collective.
// A mistake in that file is an error on all ranks.
// Error(environment) if a slow link is asked for and the ranks are on several hosts.
Link agree_on_link(Communicator& communicator, const ExchangeOptions& options);

}  // namespace laconic::comm
