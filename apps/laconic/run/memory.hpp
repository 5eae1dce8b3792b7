// Computes the memory of a run, part by part, from declarations: the listed state, its checkpoint,
// and the learner's own figures (Facts::memory). `plan` prepares the data as the run does, measures
// the memory of that, and forecasts the peak. All sizes are bytes per rank.
#pragma once

#include <vector>

#include "apps/laconic/run/best.hpp"
#include "apps/laconic/run/learner.hpp"

namespace laconic {

// Lists everything that a checkpoint of the run contains.
// Lifetime: both must outlive the list.
StateList state_of(Learner& learner, Best& best);

// Returns what training adds to the process and its data: "state", "best" (the copy of the best
// state), the learner's parts, and "checkpoint", whose image stays in memory.
// `attributes`: of that checkpoint.
std::vector<MemoryPart> memory_parts(const StateList& state, const Facts& facts,
                                     const nlohmann::json& attributes);

// Resident memory of `plan`, which has no MPI.
struct Preparation {
  int64_t base = 0;      // before the learner was made
  int64_t prepared = 0;  // after it was made
  int64_t peak = 0;      // since the last restart_peak()
};
// Measures the memory after the learner was made. Call it directly after that.
// `base`: resident_memory() before the learner was made.
Preparation measure_preparation(int64_t base);

struct MemoryForecast {
  std::vector<MemoryPart> parts;  // while it trains: "base", "data", then memory_parts()
  MemoryPart preparation;         // at most before it trains
  MemoryPart peak;                // at most over its life
};
MemoryForecast forecast_memory(const Preparation& measured, const RootStage& stage,
                               std::vector<MemoryPart> parts);

}  // namespace laconic
