// Reads the configuration of a run on every rank, and checks that it is the same on all of them.
// Without the check, an old or unreadable file on one node could cause a wrong result or a rank
// that waits for ever.
#pragma once

#include <functional>

#include "apps/laconic/run/config.hpp"
#include "comm/base/communicator.hpp"

namespace laconic {

// Returns what `load` returns on this rank. Collective.
// AgreedError: the error of the lowest rank that could not load it; or Error(environment) if a
// value differs from rank 0's. The names of files and folders may differ by node.
Config shared_config(comm::Communicator& ranks, const std::function<Config()>& load);

}  // namespace laconic
