// The end of a run as a table for people: seconds a phase over the ranks, and what they mean.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace laconic {

// Of the sections `ranks`, `time_s`, `time_over_ranks_s`, `straggler` and `shares` of result.json;
// empty where they are not there.
std::string run_table(const nlohmann::json& result);

}  // namespace laconic
