#include "apps/laconic/run/memory.hpp"

#include <algorithm>

#include "framework/checkpoint/writer.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
namespace {

// The memory that the process of a run needs in addition to that of `plan`: MPI, logs, HDF5.
// tests/studies/memory.sh measured it with Open MPI 4.1 on one node, as the difference between
// result.json's memory_bytes.peak_host and the rest of plan's parts.
constexpr int64_t beyond_plan = 10'000'000;

MemoryPart at_most(const MemoryPart& a, const MemoryPart& b) {
  return {"", std::max(a.root, b.root), std::max(a.others, b.others)};
}

}  // namespace

StateList state_of(Learner& learner, Best& best) {
  StateList list;
  learner.visit_state(list);
  best.visit_state(list);
  return list;
}

std::vector<MemoryPart> memory_parts(const StateList& state, const Facts& facts,
                                     const nlohmann::json& attributes) {
  int64_t best = 0;
  for (const StateEntry& entry : state.entries())
    if (entry.name.starts_with("best/")) best += entry.bytes();
  const int64_t rest = state.bytes() - best;
  std::vector<MemoryPart> parts = {{"state", rest, rest}, {"best", best, best}};
  parts.insert(parts.end(), facts.memory.begin(), facts.memory.end());
  parts.push_back(
      {"checkpoint", image_bytes(state, attributes, 0), image_bytes(state, attributes, 1)});
  return parts;
}

Preparation measure_preparation(int64_t base) {
  const int64_t peak = peak_host_memory();
  return_free_memory();  // as a run does before it trains
  return {base, resident_memory(), peak};
}

MemoryForecast forecast_memory(const Preparation& measured, const RootStage& stage,
                               std::vector<MemoryPart> parts) {
  MemoryForecast out;
  const int64_t base = measured.base + beyond_plan, data = measured.prepared - measured.base;
  out.parts = {{"base", base, base}, {"data", data, data}};
  out.parts.insert(out.parts.end(), parts.begin(), parts.end());
  const int64_t peak = std::max(measured.peak, stage.peak_before) + beyond_plan;
  out.preparation = {"", stage.is_kept ? peak : std::max(peak, stage.peak + beyond_plan), peak};
  MemoryPart training;
  for (const MemoryPart& part : out.parts) {
    training.root += part.root;
    training.others += part.others;
  }
  out.peak = at_most(out.preparation, training);
  return out;
}

}  // namespace laconic
