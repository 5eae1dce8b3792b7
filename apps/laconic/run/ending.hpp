// The last lines of a run on the terminal: its answer, its folder and what to type next.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace laconic {

// Returns these lines. `result` is the content of result.json. `predicts`: the run has a network.
// A method without scores has no answer, and its lines begin with the folder.
std::string ending(const nlohmann::json& result, const std::string& folder, bool predicts);

}  // namespace laconic
