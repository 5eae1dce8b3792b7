// The phases of a run as result.json and checkpoints name them, and their kinds:
//
//   work    the rank's own work; other ranks wait for it
//   wait    the rank waits for other ranks
//   hidden  work of another thread, beside this one
//   other   work beside the units: evaluation, checkpoints
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace laconic {

struct RunPhase {
  std::string name;
  std::string kind;
};

// Returns the phases that `facts` (result.json or checkpoint attributes) names under "phases", in
// the order in which they are shown. If the key is missing, returns the eight phases of training a
// network.
std::vector<RunPhase> phases_of(const nlohmann::json& facts);

// Returns the seconds by name from "phases" of one rank's figures: an object, or in checkpoints of
// version 1 an array in a fixed order.
std::map<std::string, double> seconds_by_phase(const nlohmann::json& phases);

}  // namespace laconic
