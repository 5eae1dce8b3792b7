// The figures that every rank keeps of a run, side by side, as the sections of result.json. They
// stand in checkpoints too, so that a run that never finished can be reported on.
//
// `ranks` holds an object a rank: bytes_sent, bytes_received, messages, rounds,
// dense_equivalent_bytes, peak_host, `sent_by_phase` (what the exchange sent bytes for) and
// `phases`: seconds in the order of phase_names.
#pragma once

#include <nlohmann/json.hpp>

namespace laconic {

nlohmann::json comm_section(const nlohmann::json& ranks);  // {"max": ..., "mean": ...} of each
// Rank 0's seconds a phase, and `total`.
nlohmann::json time_section(const nlohmann::json& ranks, double total_seconds);
// Seconds a phase as {"min": ..., "mean": ..., "max": ..., "max_rank": ...} over the ranks.
nlohmann::json time_over_ranks(const nlohmann::json& ranks);
// The rank whose own work (waiting for data, forward, backward, update) takes longest, so that the
// others wait for it in the exchange: {"rank": ..., "excess_s": seconds beyond the mean,
// "excess": the same as a fraction of the mean}. Null with one rank.
nlohmann::json straggler(const nlohmann::json& ranks);
// Fractions, of the mean rank: `exchange_exposed` and `checkpoint` of the total time,
// `exchange_hidden` of the exchange's time. What does not apply is absent.
nlohmann::json time_shares(const nlohmann::json& ranks, double total_seconds);
double largest(const nlohmann::json& ranks, const char* key);

}  // namespace laconic
