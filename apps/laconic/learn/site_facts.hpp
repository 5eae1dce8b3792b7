// What `plan`, the log and result.json say about a run whose network is divided among sites, and
// what such a run refuses.
#pragma once

#include "apps/laconic/learn/sites.hpp"

namespace laconic {

// Adds to the facts about the network and its task: subnets, bytes on the wire, memory, warnings. A
// round has `steps` steps. `recalibrates`: rank 0 runs the whole network before evaluations.
void describe_sites(const Sites& sites, const Task& task, const Config& config,
                    const Context& context, const EpochSampler& sampler, const comm::Link& link,
                    int64_t steps, bool recalibrates, Facts& facts);

// Error(config) names the key of a batch norm whose statistics no subnet can use, or whose
// statistics for evaluations would never be computed.
void check_statistics(const graph::Graph& network, const Config& config, bool recalibrates);

}  // namespace laconic
