// Measures training epochs on one rank, for comparisons with other programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "apps/laconic/run/config.hpp"

namespace laconic {

// Trains `epochs` epochs, and returns loss, seconds and phases of each. It also returns the seconds
// that the dense products and convolutions of one epoch take alone.
// `exchange_file`: a file for another program that does the same; "": none. It contains the initial
// parameters by name, the cluster of every node, and each cluster's batch number in each epoch.
nlohmann::json bench_epoch(const Config& config, int64_t epochs, const std::string& exchange_file);

}  // namespace laconic
