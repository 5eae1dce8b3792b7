// Combines the figures of all ranks into sections of result.json. Checkpoints store the figures
// too, so an unfinished run can be reported as well.
//
// `ranks` contains an object per rank: bytes_sent, bytes_received, messages, rounds,
// dense_equivalent_bytes, peak_host, `sent_by_phase` (bytes by purpose) and `phases` (seconds by
// name). The parameter `phases` contains the phases of the run (phases_of()).
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "apps/laconic/run/phases.hpp"

namespace laconic {

// Returns {"max": ..., "mean": ...} for each quantity of the ranks.
nlohmann::json comm_section(const nlohmann::json& ranks);
// Returns rank 0's seconds per phase, and `total`.
nlohmann::json time_section(const nlohmann::json& ranks, double total_seconds);
// Returns seconds per phase as {"min": ..., "mean": ..., "max": ..., "max_rank": ...}.
nlohmann::json time_over_ranks(const nlohmann::json& ranks);
// Returns the slowest rank, whose phases of kind `work` take longest:
// {"rank": ..., "excess_s": seconds beyond the mean, "excess": the same as a fraction of the mean}.
// Null with one rank, and where no phase is work.
nlohmann::json straggler(const nlohmann::json& ranks, std::span<const RunPhase> phases);
// Returns fractions of time, from means over the ranks. `exchange_exposed` (phases of kind wait)
// and
// `checkpoint` are parts of the total time. `exchange_hidden` is a part of the phases of kind
// hidden. Fractions that do not apply are absent.
nlohmann::json time_shares(const nlohmann::json& ranks, std::span<const RunPhase> phases,
                           double total_seconds);
double largest(const nlohmann::json& ranks, const char* key);

}  // namespace laconic
