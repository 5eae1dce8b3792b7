// The figures that every rank keeps of a run, side by side, as the sections of result.json. They
// stand in checkpoints too, so that a run that never finished can be reported on.
//
// `ranks` holds an object a rank: bytes_sent, bytes_received, messages, rounds,
// dense_equivalent_bytes, peak_host, and `phases`: seconds in the order of phase_names.
#pragma once

#include <nlohmann/json.hpp>

namespace laconic {

nlohmann::json comm_section(const nlohmann::json& ranks);  // {"max": ..., "mean": ...} of each
// Rank 0's seconds a phase, and `total`.
nlohmann::json time_section(const nlohmann::json& ranks, double total_seconds);
// Seconds a phase as {"min": ..., "mean": ..., "max": ...} over the ranks.
nlohmann::json time_over_ranks(const nlohmann::json& ranks);
double largest(const nlohmann::json& ranks, const char* key);

}  // namespace laconic
