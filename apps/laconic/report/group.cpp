#include "apps/laconic/report/group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/laconic/report/compare.hpp"

namespace laconic::report {
namespace {

constexpr const char* seed = "seed";

// Returns a text that is equal for runs of one group; "" if the run is alone.
std::string configuration_of(const Run& run) {
  if (!run.config.contains(seed)) return "";
  std::string text = fmt::format("{}", run.figure("ranks"));
  for (const auto& [key, setting] : run.config)
    if (key != seed && !names_a_run(key)) text += fmt::format("\n{}={}", key, setting.value);
  return text;
}

}  // namespace

std::vector<Group> groups_of(const std::vector<Run>& runs) {
  std::vector<Group> groups;
  std::map<std::string, std::vector<size_t>> known;  // groups by their configuration
  for (size_t r = 0; r < runs.size(); ++r) {
    const std::string configuration = configuration_of(runs[r]);
    const auto has_this_seed = [&](size_t g) {
      return std::ranges::any_of(groups[g].members, [&](size_t m) {
        return runs[m].config.at(seed).value == runs[r].config.at(seed).value;
      });
    };
    std::vector<size_t>& alike = known[configuration];
    const auto found =
        configuration.empty() ? alike.end() : std::ranges::find_if_not(alike, has_this_seed);
    if (found == alike.end()) {
      alike.push_back(groups.size());
      groups.push_back({runs[r].label, {r}});
    } else {
      groups[*found].members.push_back(r);
    }
  }
  for (Group& group : groups)
    if (group.members.size() > 1)
      group.label = fmt::format("{} ({} seeds)", group.label, group.members.size());
  return groups;
}

size_t group_of(const std::vector<Group>& groups, size_t run) {
  const auto found = std::ranges::find_if(
      groups, [&](const Group& group) { return std::ranges::count(group.members, run) > 0; });
  return static_cast<size_t>(found - groups.begin());
}

}  // namespace laconic::report
