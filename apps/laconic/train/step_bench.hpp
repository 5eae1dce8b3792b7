// Training epochs on one rank under the clock, for comparisons with other programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "apps/laconic/options.hpp"

namespace laconic {

// Trains `epochs` epochs and returns loss, seconds and phases of each, and the seconds that the
// dense products and convolutions of one epoch take by themselves. `exchange_file` (or empty)
// receives what another program needs to do the same: initial parameters by name, cluster of every
// node, and the batch (number) in which each cluster comes in each epoch.
nlohmann::json bench_epoch(const Config& config, int64_t epochs, const std::string& exchange_file);

}  // namespace laconic
