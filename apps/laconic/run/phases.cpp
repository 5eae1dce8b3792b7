#include "apps/laconic/run/phases.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace laconic {
namespace {

using nlohmann::json;

struct Known {
  std::string_view name, kind;
};
// In the order of checkpoints of version 1, which is also that of tables.
constexpr std::array<Known, 8> known = {{{"data", "work"},  // waiting for a batch
                                         {"forward", "work"},
                                         {"backward", "work"},
                                         {"exchange", "hidden"},
                                         {"exchange_exposed", "wait"},
                                         {"update", "work"},
                                         {"evaluate", "other"},
                                         {"checkpoint", "other"}}};
constexpr std::array<std::string_view, 4> kinds = {"work", "wait", "hidden", "other"};

// The known ones as they stand above, then the others by kind and name.
auto position_of(const RunPhase& phase) {
  return std::tuple(std::ranges::find(known, phase.name, &Known::name) - known.begin(),
                    std::ranges::find(kinds, phase.kind) - kinds.begin(), phase.name);
}

}  // namespace

std::vector<RunPhase> phases_of(const json& facts) {
  std::vector<RunPhase> phases;
  const json named = facts.is_object() ? facts.value("phases", json()) : json();
  if (named.is_object()) {
    for (const auto& [name, kind] : named.items())
      phases.push_back({name, kind.is_string() ? kind.get<std::string>() : "other"});
  } else {
    for (const Known& phase : known)
      phases.push_back({std::string(phase.name), std::string(phase.kind)});
  }
  std::ranges::sort(phases, {}, position_of);
  return phases;
}

std::map<std::string, double> seconds_by_phase(const json& phases) {
  if (phases.is_object()) return phases.get<std::map<std::string, double>>();
  std::map<std::string, double> seconds;
  for (size_t i = 0; i < known.size(); ++i)
    seconds[std::string(known[i].name)] = phases.at(i).get<double>();
  return seconds;
}

}  // namespace laconic
