// Formats the end of a run as a table: seconds per phase over the ranks, and remarks on them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace laconic {

// Returns the table of the sections `ranks`, `time_s`, `time_over_ranks_s`, `straggler`, `shares`
// and `phases` of result.json. Lines of missing sections are left out; "" if the seconds are
// missing.
std::string run_table(const nlohmann::json& result);

}  // namespace laconic
